// Keeps on this device what somebody without an account types, until it has been sent (P45). Nothing of it goes anywhere else.

import { insetText } from './elements.js'
import { local } from './local.js'

const PREFIX = 'feedback:'

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

function keepOnDevice(form) {
  const key = `${PREFIX}${location.pathname}`
  const status = form.querySelector('[data-keep-status]')
  const words = local.read(key)
  if (words?.length) {
    putBack(form, words)
    form.prepend(insetText('What you had begun to answer is still here.'))
  }
  form.addEventListener('input', () => keep(form, key))
  form.addEventListener('submit', (event) => {
    keep(form, key)
    if (navigator.onLine === false) {
      event.preventDefault()
      status.textContent = 'There is no connection just now. Your answers are kept on this device: send them again when there is.'
    }
  })
}

export function startDevice() {
  for (const form of document.querySelectorAll('[data-keep-on-device]')) {
    keepOnDevice(form)
  }
  if (document.querySelector('[data-sent-from-device]')) {
    local.keys(PREFIX).forEach(local.remove)
  }
}
