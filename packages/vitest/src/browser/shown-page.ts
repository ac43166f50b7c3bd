import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse } from 'parse5'

type Node = DefaultTreeAdapterMap['node']
type Element = DefaultTreeAdapterMap['element']

/** A control of a form, as it would be sent. */
export interface Field {
  readonly name: string
  readonly value: string
  /** `input`'s type, or `select`, `textarea`, `button`. */
  readonly type: string
  /** A box that is ticked, a choice that is made. */
  readonly checked: boolean
  /** Of a button: its words. */
  readonly text: string
}

export interface Form {
  readonly id: string
  /** Absolute. */
  readonly action: string
  readonly method: 'GET' | 'POST'
  readonly fields: readonly Field[]
}

/** Elements whose text nobody reads. */
const unread = new Set(['head', 'script', 'style', 'template', 'noscript'])

/** What a browser shows after an address was opened. */
export class ShownPage {
  readonly url: URL
  /** 0: the address lies where the visitor was told to stop, and was not asked for. */
  readonly status: number
  readonly headers: Headers
  readonly html: string
  readonly #root: Node

  constructor(url: URL, status: number, headers: Headers, html: string) {
    this.url = url
    this.status = status
    this.headers = headers
    this.html = html
    this.#root = parse(html)
  }

  /** The words on the page, with single spaces between them. */
  get text(): string {
    return textOf(this.#root)
  }

  get heading(): string | undefined {
    const [first] = this.elements('h1')
    return first === undefined ? undefined : textOf(first)
  }

  get title(): string | undefined {
    const [first] = this.elements('title')
    return first === undefined ? undefined : textOf(first)
  }

  /** What elements with `role="alert"` say. */
  get alerts(): string[] {
    return this.elements().flatMap((one) =>
      attribute(one, 'role') === 'alert' ? [textOf(one)] : [],
    )
  }

  get forms(): Form[] {
    return this.elements('form').map((form) => ({
      id: attribute(form, 'id') ?? '',
      action: new URL(attribute(form, 'action') || this.url.href, this.url).href,
      method: attribute(form, 'method')?.toUpperCase() === 'POST' ? 'POST' : 'GET',
      fields: this.#fieldsOf(form),
    }))
  }

  /** Where the link with these words leads, absolute. Throws when there is none. */
  link(text: string): string {
    for (const one of this.elements('a')) {
      const href = attribute(one, 'href')
      if (href !== undefined && textOf(one) === text) return new URL(href, this.url).href
    }
    throw new Error(`There is no link '${text}' at ${this.url.href}: ${this.text}`)
  }

  /** Elements of a name, or all of them, in the order of the document. */
  elements(name?: string): Element[] {
    return [...elementsIn(this.#root)].filter(
      ({ tagName }) => name === undefined || tagName === name,
    )
  }

  /** Controls in the form, and those elsewhere that name it. */
  #fieldsOf(form: Element): Field[] {
    const id = attribute(form, 'id')
    const inside = new Set(elementsIn(form))
    return this.elements().flatMap((one) => {
      const owner = attribute(one, 'form')
      const isOurs = owner === undefined ? inside.has(one) : owner === id
      const field = isOurs ? fieldOf(one) : undefined
      return field === undefined ? [] : [field]
    })
  }
}

function fieldOf(element: Element): Field | undefined {
  const name = attribute(element, 'name') ?? ''
  const text = textOf(element)
  const common = { name, text, checked: true }
  if (attribute(element, 'disabled') !== undefined) return undefined
  switch (element.tagName) {
    case 'input': {
      const type = attribute(element, 'type')?.toLowerCase() ?? 'text'
      const isBox = type === 'checkbox' || type === 'radio'
      const value = attribute(element, 'value') ?? (isBox ? 'on' : '')
      const checked = !isBox || attribute(element, 'checked') !== undefined
      return { ...common, type, value, checked, text: type === 'submit' ? value : '' }
    }
    case 'button':
      return { ...common, type: 'button', value: attribute(element, 'value') ?? '' }
    case 'textarea':
      return { ...common, type: 'textarea', value: text }
    case 'select': {
      const options = [...elementsIn(element)].filter(({ tagName }) => tagName === 'option')
      const chosen =
        options.find((option) => attribute(option, 'selected') !== undefined) ?? options[0]
      if (chosen === undefined) return undefined
      return { ...common, type: 'select', value: attribute(chosen, 'value') ?? textOf(chosen) }
    }
    default:
      return undefined
  }
}

export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((one) => one.name === name)?.value
}

function* elementsIn(node: Node): Generator<Element> {
  for (const child of childrenOf(node)) {
    if (!defaultTreeAdapter.isElementNode(child)) continue
    yield child
    yield* elementsIn(child)
  }
}

function textOf(node: Node): string {
  return [...textsIn(node)].join(' ').replaceAll(/\s+/g, ' ').trim()
}

function* textsIn(node: Node): Generator<string> {
  if (defaultTreeAdapter.isTextNode(node)) yield node.value
  for (const child of childrenOf(node)) {
    if (defaultTreeAdapter.isElementNode(child) && unread.has(child.tagName)) continue
    yield* textsIn(child)
  }
}

function childrenOf(node: Node): Node[] {
  return 'childNodes' in node ? node.childNodes : []
}
