/** Longest label, in bytes. Source: RFC 1035, 2.3.4. */
const labelBytesMax = 63
/** Longest name, in bytes, with a dot after each label. Source: Route 53 developer guide, "DNS domain name format". */
const nameBytesMax = 255

const plain = /^[a-z0-9_-]+$/
/** As most hosts are written, already in the normal form but for the dot at the end. */
const plainHost = /^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?$/

/**
 * The one form in which names are kept and compared: lower case, a dot at the end, and `\ooo` (octal) for each byte
 * that is no letter, digit, hyphen or underscore, as Route 53's answers have them (`\052.example.com.`). Undefined for
 * what can be no name. The root is `.`.
 */
export function normalName(name: string): string | undefined {
  if (plainHost.test(name)) {
    const dotted = name.endsWith('.') ? name : `${name}.`
    return dotted.length <= nameBytesMax ? dotted : undefined
  }
  if (name === '.') return name
  const labels = labelBytes(name.endsWith('.') && !name.endsWith('\\.') ? name.slice(0, -1) : name)
  let bytes = 0
  for (const label of labels) {
    if (label.length === 0 || label.length > labelBytesMax) return undefined
    bytes += label.length + 1
  }
  if (bytes > nameBytesMax) return undefined
  return labels.map((label) => `${shownLabel(label)}.`).join('')
}

/** The labels of a name in the normal form, the leftmost first, as bytes: what goes on the wire. */
export function labelBytes(name: string): readonly Uint8Array[] {
  const labels: number[][] = [[]]
  const bytes = Buffer.from(name)
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0
    if (byte === 0x2e) {
      labels.push([])
      continue
    }
    const octal =
      byte === 0x5c ? /^[0-3][0-7]{2}/.exec(bytes.toString('latin1', i + 1, i + 4)) : null
    labels.at(-1)?.push(octal === null ? byte : Number.parseInt(octal[0], 8))
    if (octal !== null) i += 3
  }
  if (name.endsWith('.') && labels.length > 1) labels.pop()
  return labels.map((label) => Uint8Array.from(label))
}

function shownLabel(bytes: Uint8Array): string {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  if (plain.test(text)) return text
  return text.replace(
    /[^a-z0-9_-]/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
}

/** A name as hosts are written: without the dot at the end. */
export function hostOf(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}

/**
 * The labels the other way round: `com.example.www.`. In this order Route 53 lists names; a zone's names begin with
 * the zone's own. Source: Route 53 API reference, ListResourceRecordSets, "Sort order".
 */
export function reversedName(name: string): string {
  if (name === '.') return name
  return `${name.slice(0, -1).split('.').reverse().join('.')}.`
}

/** `www.example.com.`, `example.com.`, `com.`; without the root. */
export function suffixesOf(name: string): readonly string[] {
  const suffixes: string[] = []
  for (let at = 0; at < name.length - 1; at = name.indexOf('.', at) + 1)
    suffixes.push(name.slice(at))
  return suffixes
}

/** Whether a name is a zone's own or below it, both in the normal form. */
export function isWithin(name: string, zoneName: string): boolean {
  return zoneName === '.' || name === zoneName || name.endsWith(`.${zoneName}`)
}

/** The label `*` in the normal form. */
export const wildcardLabel = '\\052'
