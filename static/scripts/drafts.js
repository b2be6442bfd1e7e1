// Keeps what is typed: as a draft on the server, and as a copy on the device until the server has it.

import { clockTime, insetText, signInLink, smallButton, statusLine } from './elements.js'
import { local, PREFIX } from './local.js'
import { currentToken } from './token.js'

const SAVE_GAP = 3000 // At most one draft in this many milliseconds, and none later than this after typing.
const FIRST_PAUSE = 1000 // A short wait gathers a few keystrokes into one draft.
const RETRY_GAP = 10000
const MAX_KEEPALIVE_BYTES = 60000 // Browsers refuse a larger request that shall outlive its page.
// These belong to one showing of the page, not to what was typed.
const NEVER_KEPT = ['csrfmiddlewaretoken', 'action_key', 'draft_form', 'draft_subject', 'draft_owner']

function typedControls(form) {
  return [...form.elements].filter(
    ({ name, type }) =>
      name && !NEVER_KEPT.includes(name) && !name.includes('password') && !['password', 'file', 'submit', 'button'].includes(type)
  )
}

// What was typed, as pairs of name and value: the same shape as a posted form.
function typedWords(form) {
  const kept = new Set(typedControls(form).map(({ name }) => name))
  return [...new FormData(form)].filter(([name]) => kept.has(name))
}

function putBack(form, words) {
  const left = words.map((pair) => [...pair])
  for (const control of typedControls(form)) {
    const place = left.findIndex(
      ([name, value]) => name === control.name && (!['checkbox', 'radio'].includes(control.type) || value === control.value)
    )
    if (control.type === 'checkbox' || control.type === 'radio') {
      control.checked = place >= 0
    } else if (control.type === 'select-multiple') {
      for (const option of control.options) {
        option.selected = left.some(([name, value]) => name === control.name && value === option.value)
      }
    } else if (place >= 0) {
      control.value = left[place][1]
      left.splice(place, 1)
    }
  }
}

// Whoever signed in again in another tab has a new token; the page's own may be stale.
function freshToken(form) {
  const token = currentToken()
  const field = form.elements.namedItem('csrfmiddlewaretoken')
  if (token && field) {
    field.value = token
  }
}

function keepDrafts(form) {
  const { draftUrl, draftForm, draftSubject, draftOwner } = form.dataset
  const key = `${PREFIX}${draftOwner}:${draftSubject}`
  const status = form.querySelector('[data-draft-status]') ?? form.appendChild(statusLine())
  let timer = null
  let lastSent = 0
  let isDirty = false
  let isLeaving = false
  let sending = null

  function say(text, ...extra) {
    status.replaceChildren(text, ...extra)
  }

  function keepLocally(flags) {
    local.write(key, { words: typedWords(form), isUnsaved: true, ...flags })
  }

  function body() {
    freshToken(form)
    const pairs = new URLSearchParams(typedWords(form))
    pairs.set('csrfmiddlewaretoken', form.elements.namedItem('csrfmiddlewaretoken')?.value ?? '')
    pairs.set('draft_form', draftForm)
    pairs.set('draft_subject', draftSubject)
    pairs.set('draft_owner', draftOwner)
    return pairs
  }

  function schedule(wait) {
    timer ??= setTimeout(save, wait)
  }

  async function save() {
    timer = null
    if (isLeaving || !isDirty) {
      return
    }
    lastSent = Date.now()
    isDirty = false
    sending = new AbortController()
    try {
      const words = body()
      // `keepalive` lets the draft arrive when the page is closed meanwhile.
      const keepalive = words.toString().length < MAX_KEEPALIVE_BYTES
      const options = { method: 'POST', body: words, keepalive, redirect: 'error', signal: sending.signal }
      answer(await fetch(draftUrl, options))
    } catch {
      notSaved()
    }
  }

  function answer(response) {
    if (response.ok) {
      say(`Saved as a draft at ${clockTime()}`)
      if (!isDirty) {
        keepLocally({ isUnsaved: false, savedAt: Date.now() })
      }
    } else if (response.status === 401 || response.status === 403) {
      isDirty = true
      say('You have been signed out. Your words are kept on this device. ', signInLink())
      schedule(RETRY_GAP)
    } else {
      notSaved()
    }
  }

  function notSaved() {
    if (!isLeaving) {
      isDirty = true
      say('Not saved yet. Your words are kept on this device.')
      schedule(RETRY_GAP)
    }
  }

  function typed() {
    isDirty = true
    // The copy on this device comes first: whatever happens to the request, the words are here.
    keepLocally()
    schedule(Math.max(FIRST_PAUSE, SAVE_GAP - (Date.now() - lastSent)))
  }

  function saveNow() {
    clearTimeout(timer)
    save()
  }

  function recover() {
    const copy = local.read(key)
    if (!copy?.isUnsaved || JSON.stringify(copy.words) === JSON.stringify(typedWords(form))) {
      local.remove(key)
      return
    }
    const before = typedWords(form)
    putBack(form, copy.words)
    isDirty = true
    schedule(FIRST_PAUSE)
    const discard = smallButton('Discard')
    discard.addEventListener('click', () => {
      putBack(form, before)
      typed()
      notice.remove()
    })
    const notice = insetText('Words that were not saved last time are back in the form. ', discard)
    form.prepend(notice)
  }

  // Letting go of the draft on the server lets go of the copy on this device too.
  function letGo() {
    isLeaving = true
    isDirty = false
    clearTimeout(timer)
    sending?.abort()
    local.remove(key)
  }

  document.querySelectorAll('form[data-draft-discard]').forEach((discard) => discard.addEventListener('submit', letGo))
  form.addEventListener('input', typed)
  form.addEventListener('change', typed)
  form.addEventListener('submit', (event) => {
    if (!event.defaultPrevented) {
      // A draft that arrived after the form itself would come back as if it had not been saved.
      isLeaving = true
      clearTimeout(timer)
      sending?.abort()
      freshToken(form)
      keepLocally({ isSent: true })
    }
  })
  document.addEventListener('visibilitychange', () => document.hidden && isDirty && saveNow())
  addEventListener('pagehide', () => isDirty && saveNow())
  addEventListener('online', () => isDirty && saveNow())
  addEventListener('pageshow', ({ persisted }) => {
    isLeaving = isLeaving && !persisted
  })
  recover()
}

// A copy is dropped once the page that answered the form has come. The sign-in page is no such answer.
function forgetSentCopies() {
  const isAnswer = performance.getEntriesByType('navigation')[0]?.type === 'navigate' && document.referrer
  if (!isAnswer || location.pathname.startsWith('/accounts/')) {
    return
  }
  const { pathname, search } = new URL(document.referrer)
  for (const key of local.keys()) {
    if (local.read(key)?.isSent && key.endsWith(`:${pathname}${search}`)) {
      local.remove(key)
    }
  }
}

export function startDrafts() {
  document.querySelectorAll('form[data-sign-out]').forEach((form) =>
    // Whoever uses this device next finds none of these words; the server keeps the drafts.
    form.addEventListener('submit', () => local.keys().forEach(local.remove))
  )
  forgetSentCopies()
  document.querySelectorAll('form[data-draft-url]').forEach(keepDrafts)
}
