// The few elements that scripts add to a page.

export function clockTime(at = new Date()) {
  return at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

export function statusLine() {
  const line = document.createElement('p')
  line.className = 'app-draft-status'
  line.dataset.draftStatus = ''
  line.setAttribute('aria-live', 'polite')
  return line
}

export function signInLink() {
  const link = document.createElement('a')
  link.href = `/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`
  link.textContent = 'Sign in again to carry on'
  return link
}

export function smallButton(text) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'nhsuk-button nhsuk-button--secondary nhsuk-button--small app-inline-button'
  button.textContent = text
  return button
}

export function insetText(...content) {
  const inset = document.createElement('div')
  inset.className = 'nhsuk-inset-text'
  const words = document.createElement('p')
  words.setAttribute('role', 'status')
  words.append(...content)
  inset.append(words)
  return inset
}
