import { DecodeProblem, nestingMax } from '../problem.ts'

/** An element: names without prefixes, attributes by their full names. */
export interface XmlElement {
  name: string
  attributes: Record<string, string> | undefined
  children: XmlElement[]
  /** All character data directly inside, references resolved. */
  text: string
}

/** Most elements in one document. S3's largest, a DeleteObjects of 1,000 keys, has some 5,000. */
const elementsMax = 1_000_000

/**
 * Parses an XML document. Document types are refused, so no entity but the five predefined and character
 * references exists, and nothing can expand. Throws `DecodeProblem` ('syntax' or 'limit').
 */
export function parseXml(text: string): XmlElement {
  return new XmlReader(text.startsWith('\ufeff') ? text.slice(1) : text).document()
}

function malformed(message: string): DecodeProblem {
  return new DecodeProblem('syntax', message)
}

const namePattern = /[A-Za-z_\u0080-\uffff][\w.\-:\u0080-\uffff]*/y
const blankPattern = /[ \t\r\n]*/y
const allBlank = /^[ \t\r\n]*$/

class XmlReader {
  readonly #text: string
  #at = 0
  #elements = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): XmlElement {
    this.#skipMisc()
    const open: XmlElement[] = []
    const root = this.#startTag(open)
    while (open.length > 0) this.#content(open)
    this.#skipMisc()
    if (this.#at < this.#text.length) throw malformed('Content is not allowed in trailing section.')
    return root
  }

  /** One piece of an element's content: text, a child, a comment, or its end. */
  #content(open: XmlElement[]): void {
    const text = this.#text
    const current = open.at(-1)
    if (current === undefined) return
    const next = text.indexOf('<', this.#at)
    if (next < 0)
      throw malformed('XML document structures must start and end within the same entity.')
    if (next > this.#at) current.text += this.#unescape(text.slice(this.#at, next))
    this.#at = next
    if (text.startsWith('</', next)) this.#endTag(open)
    else if (text.startsWith('<!--', next)) this.#skipPast('-->', 4)
    else if (text.startsWith('<![CDATA[', next)) {
      const start = next + 9
      const end = text.indexOf(']]>', start)
      if (end < 0) throw malformed('The CDATA section is not closed.')
      current.text += text.slice(start, end)
      this.#at = end + 3
    } else if (text.startsWith('<?', next)) this.#skipPast('?>', 2)
    else this.#startTag(open)
  }

  #startTag(open: XmlElement[]): XmlElement {
    if (this.#text[this.#at] !== '<') throw malformed('Content is not allowed in prolog.')
    this.#at += 1
    if (++this.#elements > elementsMax || open.length >= nestingMax) {
      throw new DecodeProblem('limit', 'The document is nested too deep or has too many elements.')
    }
    const element: XmlElement = {
      name: localName(this.#name()),
      attributes: this.#attributes(),
      children: [],
      text: '',
    }
    open.at(-1)?.children.push(element)
    if (this.#text.startsWith('/>', this.#at)) this.#at += 2
    else if (this.#text[this.#at] === '>') {
      this.#at += 1
      open.push(element)
    } else throw malformed('A start tag is not closed.')
    return element
  }

  #endTag(open: XmlElement[]): void {
    this.#at += 2
    const name = localName(this.#name())
    this.#blanks()
    if (this.#text[this.#at] !== '>' || open.pop()?.name !== name) {
      throw malformed('An end tag does not match its start tag.')
    }
    this.#at += 1
  }

  #attributes(): Record<string, string> | undefined {
    let attributes: Record<string, string> | undefined
    for (;;) {
      const before = this.#at
      this.#blanks()
      const next = this.#text[this.#at]
      if (next === '>' || next === '/' || next === undefined) return attributes
      if (before === this.#at) throw malformed('White space is required between attributes.')
      const name = this.#name()
      this.#blanks()
      if (this.#text[this.#at] !== '=') throw malformed('An attribute has no value.')
      this.#at += 1
      this.#blanks()
      attributes ??= Object.create(null) as Record<string, string>
      if (name in attributes) throw malformed('An attribute is specified twice.')
      attributes[name] = this.#quoted()
    }
  }

  #quoted(): string {
    const quote = this.#text[this.#at]
    if (quote !== '"' && quote !== "'") throw malformed('An attribute value is not quoted.')
    const end = this.#text.indexOf(quote, this.#at + 1)
    if (end < 0) throw malformed('An attribute value is not closed.')
    const raw = this.#text.slice(this.#at + 1, end)
    if (raw.includes('<')) throw malformed('An attribute value contains "<".')
    this.#at = end + 1
    return this.#unescape(raw)
  }

  #name(): string {
    namePattern.lastIndex = this.#at
    const match = namePattern.exec(this.#text)
    if (match === null) throw malformed('A name was expected.')
    this.#at = namePattern.lastIndex
    return match[0]
  }

  #blanks(): void {
    blankPattern.lastIndex = this.#at
    blankPattern.test(this.#text)
    this.#at = blankPattern.lastIndex
  }

  /** The declaration, comments, instructions and blanks around the root. */
  #skipMisc(): void {
    for (;;) {
      this.#blanks()
      if (this.#text.startsWith('<?', this.#at)) this.#skipPast('?>', 2)
      else if (this.#text.startsWith('<!--', this.#at)) this.#skipPast('-->', 4)
      else return
    }
  }

  #skipPast(end: string, after: number): void {
    const at = this.#text.indexOf(end, this.#at + after)
    if (at < 0) throw malformed('A comment or instruction is not closed.')
    this.#at = at + end.length
  }

  #unescape(raw: string): string {
    const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw
    if (!text.includes('&')) return text
    return text.replace(/&([^;&]{0,10};?)/g, (_match, body: string) => reference(body))
  }
}

function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}

const predefined: Readonly<Record<string, string>> = {
  'amp;': '&',
  'lt;': '<',
  'gt;': '>',
  'quot;': '"',
  'apos;': "'",
}

/** What follows an ampersand, up to its semicolon. */
function reference(body: string): string {
  const known = Object.hasOwn(predefined, body) ? predefined[body] : undefined
  if (known !== undefined) return known
  const match = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}));$/.exec(body)
  if (match === null) throw malformed('An entity was referenced, but not declared.')
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16)
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw malformed('A character reference is not a character.')
  }
  return String.fromCodePoint(code)
}

export function isBlank(text: string): boolean {
  return allBlank.test(text)
}
