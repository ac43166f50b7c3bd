import { JsonProblem } from '../json-tokens.ts'

/** An IP address as a number, with its width in bits. */
export interface Address {
  readonly bits: 32 | 128
  readonly value: bigint
}

/** Reads an IPv4 or IPv6 address; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) return ipv4(text)
  if (/^[\da-fA-F:]*:[\da-fA-F:]*$/.test(text)) return ipv6(text)
  return undefined
}

function ipv4(text: string): Address | undefined {
  let value = 0n
  for (const part of text.split('.')) {
    const byte = Number(part)
    if (byte > 255) return undefined
    value = value * 256n + BigInt(byte)
  }
  return { bits: 32, value }
}

function ipv6(text: string): Address | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - left.length - right.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  let value = 0n
  for (const group of [...left, ...new Array<string>(missing).fill('0'), ...right]) {
    if (!/^[\da-fA-F]{1,4}$/.test(group)) return undefined
    value = value * 65_536n + BigInt(`0x${group}`)
  }
  return { bits: 128, value }
}

/** Whether a text is an address within a CIDR block. Refuses malformed blocks in AWS's words. */
export function cidrTest(cidr: string): (text: string) => boolean {
  const [address = '', mask = '', ...more] = cidr.replace(/\/+$/, '').split('/')
  if (mask === '' || more.length > 0) throw new JsonProblem("Malformed CIDR, one '/' required")
  if (!/^[+-]?\d+$/.test(mask)) {
    throw new JsonProblem('Malformed CIDR, mask bits must be an integer')
  }
  const maskBits = Number(mask)
  if (maskBits < 0) throw new JsonProblem('Malformed CIDR, mask bits must not be negative')
  const base = parseAddress(address)
  if (base === undefined) throw new JsonProblem(addressProblem(address))
  if (maskBits >= base.bits) {
    throw new JsonProblem(`IPv${base.bits === 32 ? 4 : 6} mask bits must be < ${base.bits}`)
  }
  const hostBits = BigInt(base.bits - maskBits)
  const network = base.value >> hostBits
  return (text) => {
    const candidate = parseAddress(text)
    return candidate?.bits === base.bits && candidate.value >> hostBits === network
  }
}

/** What looks like an address but is none is `Invalid`; what does not even look like one is `Nonstandard`. */
function addressProblem(text: string): string {
  const looksRight = /^(?:\d+\.\d+\.\d+\.\d+|[\da-fA-F:]*:[\da-fA-F:]*)$/.test(text)
  return `${looksRight ? 'Invalid' : 'Nonstandard'} IP address: ${text}`
}
