// Keeps on this device what somebody without an account types, until it has been sent (P45). Nothing of it goes anywhere else.

import { insetText, smallButton } from './elements.js'
import { local } from './local.js'

const PREFIX = 'feedback:'
// Which copy is on its way: the page of thanks lets go of that one, and of no other.
const SENDING = `${PREFIX}sending`
// Milliseconds after which somebody who stopped the sending may try again on the same page.
const GIVEN_UP_AFTER = 30_000

function controls(form) {
  return [...form.elements].filter(({ name, type }) => name && !['hidden', 'submit', 'button'].includes(type))
}

function keep(form, key) {
  local.write(key, [...new FormData(form)].filter(([, value]) => typeof value === 'string' && value))
}

function putBack(form, words) {
  const said = new Map(words)
  for (const control of controls(form)) {
    if (control.type === 'radio') {
      control.checked = said.get(control.name) === control.value
    } else if (said.has(control.name)) {
      control.value = said.get(control.name)
    }
  }
}

// A choice that was tapped by mistake is taken back by a second tap: everything may be left out.
function letTakeBack(form) {
  for (const radio of controls(form).filter(({ type }) => type === 'radio')) {
    let wasChecked = false
    radio.addEventListener('pointerdown', () => (wasChecked = radio.checked))
    radio.addEventListener('click', () => {
      if (wasChecked) {
        radio.checked = false
        form.dispatchEvent(new Event('input'))
      }
      wasChecked = false
    })
  }
}

function keepOnDevice(form) {
  const key = `${PREFIX}${location.pathname}`
  const status = form.querySelector('[data-keep-status]')
  const words = local.read(key)
  if (words?.length) {
    putBack(form, words)
    const afresh = smallButton('Start afresh')
    afresh.addEventListener('click', () => {
      local.remove(key)
      location.reload()
    })
    form.prepend(insetText('What was begun on this device is still here. ', afresh))
  }
  letTakeBack(form)
  form.addEventListener('input', () => keep(form, key))
  // One answer for each time the page is shown: on a slow line a second tap would be a second answer.
  addEventListener('pageshow', () => delete form.dataset.isSent)
  form.addEventListener('submit', (event) => {
    keep(form, key)
    if (form.dataset.isSent) {
      event.preventDefault()
      status.textContent = 'Your answers are on their way.'
      return
    }
    local.write(SENDING, key)
    if (navigator.onLine === false) {
      event.preventDefault()
      status.textContent = 'There is no connection just now. Your answers are kept on this device: send them again when there is.'
      return
    }
    form.dataset.isSent = 'yes'
    setTimeout(() => delete form.dataset.isSent, GIVEN_UP_AFTER)
  })
}

export function startDevice() {
  for (const form of document.querySelectorAll('[data-keep-on-device]')) {
    keepOnDevice(form)
  }
  if (document.querySelector('[data-sent-from-device]')) {
    local.remove(local.read(SENDING))
    local.remove(SENDING)
  }
  if (document.querySelector('[data-nothing-to-answer]')) {
    local.remove(`${PREFIX}${location.pathname}`)
  }
}
