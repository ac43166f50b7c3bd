/** An element of an XML document, names as they are written and what they mean. */
export interface XmlElement {
  /** `ds:Signature` */
  readonly name: string
  readonly prefix: string
  readonly localName: string
  readonly namespace: string
  readonly attributes: readonly XmlAttribute[]
  /** Prefix to namespace, declared here or above; `''` is the default one. */
  readonly namespaces: Readonly<Record<string, string>>
  readonly children: readonly (XmlElement | string)[]
}

export interface XmlAttribute {
  readonly name: string
  readonly prefix: string
  readonly localName: string
  readonly namespace: string
  readonly value: string
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const depthMax = 100
const attributesMax = 64
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

interface Open {
  readonly name: string
  readonly attributes: readonly (readonly [string, string])[]
  readonly namespaces: Readonly<Record<string, string>>
  readonly children: (XmlElement | string)[]
}

/**
 * Reads a document: elements, text, CDATA; comments and processing instructions are left out. Undefined for what is not
 * well-formed, for document types (which could name files or grow without end), for more than 100 levels or 64 attributes of an element.
 */
export function parsedXml(text: string): XmlElement | undefined {
  const source = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n')
  const piece =
    /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y
  const stack: Open[] = []
  let root: XmlElement | undefined
  while (piece.lastIndex < source.length) {
    const match = piece.exec(source)
    if (match === null) return undefined
    const [, cdata, end, start, attributes = '', slash, words] = match
    const parent = stack.at(-1)
    if (cdata !== undefined || words !== undefined) {
      const value = cdata ?? decoded(words ?? '')
      if (value === undefined) return undefined
      if (parent !== undefined) parent.children.push(value)
      else if (value.trim() !== '') return undefined
    } else if (start !== undefined) {
      const open = opened(start, attributes, parent?.namespaces ?? { xml: xmlNamespace })
      if (open === undefined || stack.length >= depthMax) return undefined
      if (parent === undefined && root !== undefined) return undefined
      stack.push(open)
    }
    const isEnd = end !== undefined || (start !== undefined && slash === '/')
    if (!isEnd) continue
    const open = stack.pop()
    if (open === undefined || (end !== undefined && open.name !== end)) return undefined
    const element = closed(open)
    if (element === undefined) return undefined
    const above = stack.at(-1)
    if (above === undefined) root = element
    else above.children.push(element)
  }
  return stack.length === 0 ? root : undefined
}

function opened(
  name: string,
  text: string,
  above: Readonly<Record<string, string>>,
): Open | undefined {
  const attributes: [string, string][] = []
  for (const [, key = '', quoted = ''] of text.matchAll(/([^\s=]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
    const value = decoded(quoted.slice(1, -1).replaceAll(/[\t\n]/g, ' '))
    if (value === undefined || attributes.some(([known]) => known === key)) return undefined
    attributes.push([key, value])
    if (attributes.length > attributesMax) return undefined
  }
  const declared = attributes
    .filter(([key]) => key === 'xmlns' || key.startsWith('xmlns:'))
    .map(([key, value]) => [key.slice('xmlns:'.length), value] as const)
  const isBelow = declared.length === 0
  const namespaces = isBelow ? above : { ...above, ...Object.fromEntries(declared) }
  return { name, attributes, namespaces, children: [] }
}

function closed({ name, attributes, namespaces, children }: Open): XmlElement | undefined {
  const of = split(name)
  const namespace = namespaces[of.prefix] ?? (of.prefix === '' ? '' : undefined)
  if (namespace === undefined) return undefined
  const own: XmlAttribute[] = []
  for (const [key, value] of attributes) {
    if (key === 'xmlns' || key.startsWith('xmlns:')) continue
    const parts = split(key)
    const meant = parts.prefix === '' ? '' : namespaces[parts.prefix]
    if (meant === undefined) return undefined
    own.push({ name: key, ...parts, namespace: meant, value })
  }
  return { name, ...of, namespace, attributes: own, namespaces, children }
}

function split(name: string): { prefix: string; localName: string } {
  const at = name.indexOf(':')
  return at === -1
    ? { prefix: '', localName: name }
    : { prefix: name.slice(0, at), localName: name.slice(at + 1) }
}

/** Text without its references; undefined where one is unknown. */
function decoded(text: string): string | undefined {
  let isKnown = true
  const value = text.replaceAll(/&([^;]*);?/g, (_, name: string) => {
    const code = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name)
    const point =
      code === null ? undefined : Number.parseInt(code[1] ?? code[2] ?? '', code[1] ? 16 : 10)
    if (point !== undefined && point > 0 && point <= 0x10ffff) return String.fromCodePoint(point)
    const known = entities[name]
    if (known === undefined) isKnown = false
    return known ?? ''
  })
  return isKnown ? value : undefined
}

export const elementsOf = ({ children }: XmlElement): XmlElement[] =>
  children.filter((child) => typeof child !== 'string')

export function childrenNamed(parent: XmlElement, namespace: string, name: string): XmlElement[] {
  return elementsOf(parent).filter(
    (child) => child.localName === name && child.namespace === namespace,
  )
}

export const attributeOf = ({ attributes }: XmlElement, name: string): string | undefined =>
  attributes.find((attribute) => attribute.name === name)?.value

export const textIn = ({ children }: XmlElement): string =>
  children.map((child) => (typeof child === 'string' ? child : textIn(child))).join('')

export function* everyElement(root: XmlElement): Generator<XmlElement, void, undefined> {
  yield root
  for (const child of elementsOf(root)) yield* everyElement(child)
}
