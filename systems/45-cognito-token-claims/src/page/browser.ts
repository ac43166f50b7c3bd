/**
 * What this page uses of a browser. TypeScript's own types of the DOM are for whole programs: with them in one, the
 * same names mean other things in code that runs in Node.
 */
interface Browser {
  readonly document: {
    getElementById(id: string): Shown | null
    createElement(name: string): Shown
  }
  readonly location: {
    readonly search: string
    readonly pathname: string
    assign(url: string): void
  }
  readonly history: { replaceState(data: unknown, unused: string, url: string): void }
  /** Kept for one tab, until it is closed. */
  readonly sessionStorage: {
    getItem(key: string): string | null
    setItem(key: string, value: string): void
    removeItem(key: string): void
  }
}

/** An element; `value`, `type` and `disabled` of those that have them. */
export interface Shown {
  hidden: boolean
  className: string
  textContent: string
  ariaExpanded: string
  value: string
  type: string
  disabled: boolean
  focus(): void
  append(...children: readonly Shown[]): void
  replaceChildren(...children: readonly Shown[]): void
  addEventListener(
    type: 'click' | 'submit',
    listener: (event: { preventDefault(): void }) => void,
  ): void
}

// A browser has all of these, and this code runs nowhere else.
export const { document, location, history, sessionStorage } = globalThis as unknown as Browser
