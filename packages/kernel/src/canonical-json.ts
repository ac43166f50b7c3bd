import { createHash } from 'node:crypto'

/**
 * JSON with sorted keys, so that equal values give equal text. Bytes are written as their SHA-256 and
 * length, `undefined` members are left out, dates and class instances do not occur in the model.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return list(value)
      return ArrayBuffer.isView(value) ? bytes(value) : members(value as Record<string, unknown>)
    case 'bigint':
      return `"${value}"`
    default:
      return JSON.stringify(value) ?? 'null'
  }
}

/** Texts without anything to escape, which nearly all are. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\ud7ff\ue000-\uffff]*$/

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text)
}

function list(values: readonly unknown[]): string {
  let text = '['
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) text += ','
    text += canonicalJson(values[i])
  }
  return `${text}]`
}

function bytes(view: ArrayBufferView): string {
  const content = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  const sha256 = createHash('sha256').update(content).digest('hex')
  return `{"$bytes":${content.byteLength},"sha256":"${sha256}"}`
}

/** The names of an object's members, sorted, and the same as they begin a member's text. */
interface Names {
  readonly sorted: readonly string[]
  readonly begun: readonly string[]
}

/** Objects of a kind have the same names: sorting and quoting them is most of the work. */
const namesByList = new Map<string, Names>()
const namesMax = 10_000

function namesOf(value: object): Names {
  const names = Object.keys(value)
  const listed = `${names.length} ${names.join('\u0000')}`
  let known = namesByList.get(listed)
  if (known === undefined) {
    const sorted = names.sort()
    known = { sorted, begun: sorted.map((name) => `${JSON.stringify(name)}:`) }
    // A name may hold the separator itself: such lists would be taken for others.
    const isPlain = sorted.every((name) => !name.includes('\u0000'))
    if (isPlain && namesByList.size < namesMax) namesByList.set(listed, known)
  }
  return known
}

function members(value: Readonly<Record<string, unknown>>): string {
  const { sorted, begun } = namesOf(value)
  let text = '{'
  for (let i = 0; i < sorted.length; i += 1) {
    const member = value[sorted[i] ?? '']
    if (member === undefined) continue
    if (text.length > 1) text += ','
    text += begun[i] + canonicalJson(member)
  }
  return `${text}}`
}
