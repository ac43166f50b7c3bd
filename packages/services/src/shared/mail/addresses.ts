/** `"Jane Doe" <jane@example.com>`, read. */
export interface Mailbox {
  readonly displayName: string
  readonly address: string
}

/** What is wrong with an address, in the words that SES answers with. */
export class AddressProblem extends Error {}

/** One address as people write it. Throws AddressProblem. Source: RFC 5322, section 3.4; the words are SES's own. */
export function readMailbox(text: string): Mailbox {
  const [first, ...others] = splitAddresses(text)
  if (first === undefined) throw new AddressProblem('Empty address')
  if (others.length > 0) throw new AddressProblem('Illegal address')
  const plain = /^[^\s<>"(),;:\\]+$/.test(first)
  if (plain) return { displayName: '', address: checked(first) }
  const angle = /^(?<name>.*)<(?<address>[^<>]*)>$/s.exec(first)?.groups
  if (angle === undefined) {
    throw new AddressProblem(first.includes('<') ? "Missing '>'" : localProblem(first))
  }
  return { displayName: unquoted(angle['name'] ?? ''), address: checked(angle['address'] ?? '') }
}

/** The address alone. Throws AddressProblem. */
export function addressOf(text: string): string {
  // Nearly all are bare addresses.
  return /^[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(text)
    ? lowerDomain(text)
    : readMailbox(text).address
}

/** Splits a header's list at the commas that are in no quotes and in no brackets. */
export function splitAddresses(text: string): string[] {
  if (!text.includes(',')) return text.trim() === '' ? [] : [text.trim()]
  const parts: string[] = []
  let part = ''
  let isQuoted = false
  let isAngled = false
  for (const character of text) {
    if (character === '"' && !part.endsWith('\\')) isQuoted = !isQuoted
    if (!isQuoted && character === '<') isAngled = true
    if (!isQuoted && character === '>') isAngled = false
    if (character === ',' && !isQuoted && !isAngled) {
      parts.push(part)
      part = ''
    } else part += character
  }
  parts.push(part)
  return parts.map((item) => item.trim()).filter((item) => item !== '')
}

/** After the last `@`, in lower case; the text itself where there is none. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

/** Local parts keep their case, domains do not. */
export function lowerDomain(address: string): string {
  const at = address.lastIndexOf('@')
  return address.slice(0, at + 1) + address.slice(at + 1).toLowerCase()
}

/** `user+label@example.com` without its label. Source: SES Developer Guide, "Using labels". */
export function withoutLabel(address: string): string {
  return address.replace(/\+[^@]*@/, '@')
}

function unquoted(name: string): string {
  const text = name.trim()
  const quoted = /^"(.*)"$/s.exec(text)?.[1]
  return quoted === undefined ? decodedWords(text) : quoted.replace(/\\(.)/g, '$1')
}

/** Source: RFC 2047, section 2. */
export function decodedWords(text: string): string {
  if (!text.includes('=?')) return text
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(
      /=\?([\w-]+)\?([BbQq])\?([^?]*)\?=/g,
      (_, charset: string, form: string, body: string) => {
        const bytes =
          form.toUpperCase() === 'B'
            ? Buffer.from(body, 'base64')
            : Buffer.from(
                body
                  .replace(/_/g, ' ')
                  .replace(/=([0-9A-Fa-f]{2})/g, (_whole, hex: string) =>
                    String.fromCharCode(Number.parseInt(hex, 16)),
                  ),
                'latin1',
              )
        return decodedBytes(bytes, charset)
      },
    )
}

/** Text of a charset that the platform knows; others as UTF-8. */
export function decodedBytes(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes) // A label that is no encoding's.
  }
}

function checked(address: string): string {
  const at = address.lastIndexOf('@')
  if (at === -1) throw new AddressProblem("Missing final '@domain'")
  const local = address.slice(0, at)
  const domain = address.slice(at + 1)
  if (local === '') throw new AddressProblem('Missing local name')
  if (domain === '') throw new AddressProblem('Missing domain')
  if (!/^"/.test(local)) {
    if (hasControl(local)) throw new AddressProblem('Local address contains control or whitespace')
    if (local.startsWith('.')) throw new AddressProblem('Local address starts with dot')
    if (local.endsWith('.')) throw new AddressProblem('Local address ends with dot')
    if (local.includes('..')) throw new AddressProblem('Local address contains dot-dot')
    if (/[()<>,;:\\"[\]@]/.test(local))
      throw new AddressProblem('Local address contains illegal character')
    if (/[^\u0020-\u007e]/.test(local))
      throw new AddressProblem('Local address contains non-ascii character')
  }
  if (hasControl(domain)) throw new AddressProblem('Domain contains control or whitespace')
  if (domain.startsWith('.')) throw new AddressProblem('Domain starts with dot')
  if (domain.endsWith('.')) throw new AddressProblem('Domain ends with dot')
  if (domain.includes('..')) throw new AddressProblem('Domain contains dot-dot')
  if (/[()<>,;:\\"_@]/.test(domain)) throw new AddressProblem('Domain contains illegal character')
  return lowerDomain(address)
}

function localProblem(text: string): string {
  return text.includes('@')
    ? 'Local address contains control or whitespace'
    : "Missing final '@domain'"
}

function hasControl(text: string): boolean {
  return /[\s\p{Cc}]/u.test(text)
}
