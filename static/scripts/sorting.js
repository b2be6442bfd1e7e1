// Lets a list be put in order by dragging. The buttons of each row do the same, so the handle is for pointers alone.

const EDGE = 80 // So many pixels from the edge of the window the page begins to scroll,
const PACE = 8 // by so many pixels with each frame.

function middleOf(row) {
  const { top, height } = row.getBoundingClientRect()
  return top + height / 2
}

function makeSortable(list) {
  const form = list.parentElement.querySelector('[data-sorting-form] form')
  if (!form || list.children.length < 2) {
    return
  }
  let row = null
  let before = []
  let pointer = 0

  function end() {
    row.classList.remove('app-sorted__row--dragged')
    row = null
  }

  // The neighbours go round the dragged row: it stays in its place in the page, and so keeps its pointer.
  function settle() {
    while (row.previousElementSibling && pointer < middleOf(row.previousElementSibling)) {
      row.after(row.previousElementSibling)
    }
    while (row.nextElementSibling && pointer > middleOf(row.nextElementSibling)) {
      row.before(row.nextElementSibling)
    }
  }

  function drag({ clientY }) {
    if (row) {
      pointer = clientY
      settle()
    }
  }

  // A row can be dragged to where the window does not reach.
  function scrollOn() {
    if (!row) {
      return
    }
    if (pointer < EDGE || pointer > innerHeight - EDGE) {
      scrollBy(0, pointer < EDGE ? -PACE : PACE)
      settle()
    }
    requestAnimationFrame(scrollOn)
  }

  function giveUp() {
    if (row) {
      list.append(...before)
      end()
    }
  }

  function keep(name, value) {
    const field = document.createElement('input')
    field.type = 'hidden'
    field.name = name
    field.value = value
    form.append(field)
  }

  function drop() {
    if (!row) {
      return
    }
    const moved = row.dataset.key
    end()
    const rows = [...list.children]
    if (rows.some((one, place) => one !== before[place])) {
      rows.forEach((one) => keep('order', one.dataset.key))
      keep('moved', moved)
      form.requestSubmit()
    }
  }

  for (const one of list.children) {
    const handle = document.createElement('span')
    handle.className = 'app-sorted__handle'
    handle.title = 'Drag to another place'
    handle.setAttribute('aria-hidden', 'true')
    handle.addEventListener('pointerdown', (event) => {
      if (event.isPrimary && event.button === 0 && !row) {
        event.preventDefault()
        row = one
        before = [...list.children]
        handle.setPointerCapture(event.pointerId)
        row.classList.add('app-sorted__row--dragged')
        pointer = event.clientY
        requestAnimationFrame(scrollOn)
      }
    })
    handle.addEventListener('pointermove', drag)
    handle.addEventListener('pointerup', drop)
    handle.addEventListener('pointercancel', giveUp)
    one.prepend(handle)
  }
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && giveUp())
}

export function startSorting() {
  document.querySelectorAll('[data-sorting]').forEach(makeSortable)
}
