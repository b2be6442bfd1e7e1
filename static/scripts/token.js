// The token that every post carries, as the browser holds it now: whoever signed in again in another tab has a new one.

export function currentToken() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? ''
}
