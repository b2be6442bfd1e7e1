// The portal's one script: what the pages do beyond plain HTML. Every page works without it.

import { startComponents } from './components.js'
import { startDevice } from './device.js'
import { startDrafts } from './drafts.js'
import { noteReading, openParts } from './reading.js'
import { startSessionEnd } from './session.js'
import { startSorting } from './sorting.js'

const DOUBLE_CLICK_GAP = 3000

// A second click within the gap does nothing. The button stays enabled, so that its name and value are posted.
function refuseDoubleSubmit(event) {
  const form = event.target
  const now = Date.now()
  if (form.method === 'post' && now - Number(form.dataset.sentAt ?? 0) < DOUBLE_CLICK_GAP) {
    event.preventDefault()
    event.stopImmediatePropagation()
    return
  }
  form.dataset.sentAt = now
}

// htmx is fetched only by the pages that use it, to keep the others light. It starts by itself only where it arrives before the page is
// parsed or after it is complete, never in between: it is fetched once the page is complete.
function loadHtmx() {
  if (document.querySelector('[data-hx-get], [data-hx-post]')) {
    const script = document.createElement('script')
    script.src = document.getElementById('portal-script').dataset.htmx
    document.head.append(script)
  }
}

function whenComplete(start) {
  if (document.readyState === 'complete') start()
  else window.addEventListener('load', start)
}

document.addEventListener('submit', refuseDoubleSubmit, { capture: true })
startComponents()
startDevice()
startDrafts()
noteReading()
openParts()
startSorting()
startSessionEnd()
whenComplete(loadHtmx)
