// Says before somebody is signed out that they will be, and keeps them signed in if they wish (WCAG 2.2.1). A draft or another tab may
// have put the end off since this page was shown, so the server is asked before anything is said. Asking does not put it off.

import { clockTime, signInLink, smallButton } from './elements.js'
import { currentToken } from './token.js'

const WARN_BEFORE = 180 // Seconds, as all times here. Browsers wake a tab in the background once a minute: two minutes are left even there.
const ASK_GAP = 20
const BEAT = 1
const QUIET_BEAT = 15

function now() {
  return Date.now() / 1000
}

function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function inWords(seconds) {
  const parts = [seconds >= 60 && counted(Math.floor(seconds / 60), 'minute'), seconds % 60 && counted(seconds % 60, 'second')]
  return parts.filter(Boolean).join(' ') || 'a moment'
}

// Only what is true of the page: not every form keeps what is typed into it.
function whatIsKept() {
  return document.querySelector('form[data-draft-url]') ? ' What you have typed here is kept, and is back when you sign in again.' : ''
}

// The bar at the foot of the window. Who sees it reads how the time runs; who hears it is told the hour, once.
function makeBar() {
  const bar = document.createElement('div')
  const status = document.createElement('p')
  status.className = 'nhsuk-u-visually-hidden'
  status.setAttribute('role', 'status')
  const box = document.createElement('div')
  box.className = 'app-session-end'
  box.hidden = true
  const inside = document.createElement('div')
  inside.className = 'nhsuk-width-container app-session-end__inside'
  const words = document.createElement('p')
  words.className = 'app-session-end__words'
  words.setAttribute('aria-hidden', 'true')
  const actions = document.createElement('div')
  actions.className = 'app-session-end__actions'
  inside.append(words, actions)
  box.append(inside)
  bar.append(status, box)
  document.getElementById('maincontent').append(bar)
  return { status, box, words, actions }
}

export function startSessionEnd() {
  const { sessionUrl, sessionIdle, sessionLimit } = document.getElementById('portal-script').dataset
  if (!sessionUrl) {
    return
  }
  const { status, box, words, actions } = makeBar()
  const stay = smallButton('Stay signed in')
  const close = smallButton('Close')
  let endsAt = 0
  let asksAt = 0
  let isLast = false
  let isDismissed = false
  let shown = ''
  let trouble = ''
  let cameFrom = null

  // `said` is heard when the bar comes or says something else, not whenever a second has passed.
  function show(what, { said, seen = said, buttons }) {
    box.hidden = false
    words.textContent = seen
    if (what !== shown) {
      const hadFocus = actions.contains(document.activeElement)
      shown = what
      status.textContent = said
      actions.replaceChildren(...buttons)
      if (hadFocus) {
        buttons[0].focus()
      }
    }
  }

  function hide() {
    if (box.contains(document.activeElement)) {
      cameFrom?.focus()
    }
    box.hidden = true
    shown = trouble = status.textContent = ''
  }

  function warn() {
    const at = `You will be signed out at ${clockTime(new Date(endsAt * 1000))}`
    if (isLast) {
      const said = `${at}, because you signed in a long time ago. You can sign in again at once.${whatIsKept()}`
      show('last', { said, buttons: [close] })
    } else {
      const left = inWords(Math.max(0, Math.round(endsAt - now())))
      const said = `${at}. If you need more time, press “Stay signed in” at the end of the page.${whatIsKept()}`
      show('warning', { said, seen: `You will be signed out in ${left}.${whatIsKept()}${trouble}`, buttons: [stay] })
    }
  }

  function tellItIsOver() {
    show('over', { said: `You have been signed out.${whatIsKept()}`, buttons: [signInLink(), close] })
  }

  function learn({ idle, limit }) {
    const left = Math.min(idle, limit)
    endsAt = now() + left
    isLast = limit <= idle
    if (left > WARN_BEFORE) {
      asksAt = endsAt - WARN_BEFORE
      isDismissed = false
      hide()
    } else {
      asksAt = now() + Math.min(left, ASK_GAP)
      if (!isDismissed) {
        warn()
      }
    }
  }

  // Returns whether the portal has answered.
  async function ask(options) {
    asksAt = now() + ASK_GAP
    try {
      const response = await fetch(sessionUrl, { cache: 'no-store', redirect: 'error', ...options })
      if (response.status === 401) {
        tellItIsOver()
      } else if (response.ok) {
        learn(await response.json())
      }
      return response.ok || response.status === 401
    } catch {
      return false
    }
  }

  async function beat() {
    if (now() >= asksAt) {
      await ask()
    } else if (shown === 'warning') {
      warn()
    }
    if (shown !== 'over') {
      setTimeout(beat, 1000 * (shown ? BEAT : Math.min(QUIET_BEAT, Math.max(BEAT, asksAt - now()))))
    }
  }

  function dismiss() {
    isDismissed = true
    hide()
  }

  stay.addEventListener('click', async () => {
    trouble = ''
    if (!(await ask({ method: 'POST', headers: { 'X-CSRFToken': currentToken() } }))) {
      trouble = ' The portal did not answer: try again.'
      status.textContent = trouble
      warn()
    } else if (!shown) {
      status.textContent = 'You stay signed in.'
    }
  })
  close.addEventListener('click', dismiss)
  box.addEventListener('focusin', ({ relatedTarget }) => {
    if (!box.contains(relatedTarget)) {
      cameFrom = relatedTarget
    }
  })
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && shown && dismiss())
  asksAt = now() + Math.min(sessionIdle, sessionLimit) - WARN_BEFORE
  beat()
}
