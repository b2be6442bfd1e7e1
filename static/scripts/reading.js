// What the review page does for its reader: notes that they have looked, and opens the part that an address leads to.

// Once, so that the next version shows what changed since.
export function noteReading() {
  const place = document.querySelector('[data-reading]')
  const form = place?.querySelector('form')
  if (!form) {
    return
  }

  async function note() {
    try {
      // The answer leads back to this page; nobody needs to fetch it again.
      await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), keepalive: true, redirect: 'manual' })
      const noted = document.createElement('p')
      noted.className = 'app-quiet'
      noted.textContent = place.dataset.noted
      place.replaceChildren(noted)
    } catch {
      // The button stays.
    }
  }

  // A page that opens behind another has not been looked at yet.
  if (document.visibilityState === 'visible') {
    note()
  } else {
    document.addEventListener('visibilitychange', note, { once: true })
  }
}

// A browser opens what an address leads into, not the folded part that it leads to.
export function openParts() {
  function open() {
    const part = location.hash && document.getElementById(location.hash.slice(1))
    if (part && part.localName === 'details') {
      part.open = true
      part.scrollIntoView()
    }
  }

  addEventListener('hashchange', open)
  open()
}
