// Copies on this device of what was typed.

export const PREFIX = 'draft:'

// Storage may be full, or forbidden by the browser's settings. The server draft does not depend on it.
export const local = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key))
    } catch {
      return null
    }
  },
  write(key, copy) {
    try {
      localStorage.setItem(key, JSON.stringify(copy))
    } catch {}
  },
  remove(key) {
    try {
      localStorage.removeItem(key)
    } catch {}
  },
  keys() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
    } catch {
      return []
    }
  }
}
