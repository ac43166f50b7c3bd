import { document, type Shown } from './browser.ts'

/** An element of the page. Throws where the page has none of that id. */
export function element(id: string): Shown {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no ${id}.`)
  return found
}

/** A new element. Text is set as text, so that nothing of a token or a record becomes markup. */
export function made(name: string, textContent: string, className = ''): Shown {
  return Object.assign(document.createElement(name), { textContent, className })
}

export function show(id: string, isShown: boolean): void {
  element(id).hidden = !isShown
}

export function say(id: string, text: string): void {
  element(id).textContent = text
}

export function fill(id: string, value: string): void {
  element(id).value = value
}

export function rowOf(cells: readonly string[], className = ''): Shown {
  const row = made('tr', '', className)
  row.append(...cells.map((text) => made('td', text)))
  return row
}

/** Does something, and tells the person where it fails. */
export async function notice(work: () => Promise<void>): Promise<void> {
  show('alert', false)
  try {
    await work()
  } catch (error) {
    say('alert', error instanceof Error ? error.message : String(error))
    show('alert', true)
  }
}

/** A form that the page answers itself; while it does, its button waits. */
export function onSubmit(form: string, button: string, work: () => Promise<void>): void {
  element(form).addEventListener('submit', (event) => {
    event.preventDefault()
    element(button).disabled = true
    void notice(work).finally(() => {
      element(button).disabled = false
    })
  })
}
