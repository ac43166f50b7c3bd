/** A block of IPv4 addresses: `first` and `bits` of the network. */
export interface Cidr {
  readonly first: number
  readonly bits: number
}

const form = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/

/** Reads `10.0.0.0/16`; the host's bits are dropped, as EC2 does. Undefined: it is none. */
export function cidrOf(text: string): Cidr | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number)
  if ([a, b, c, d].some((octet) => octet > 255) || bits > 32) return undefined
  const size = 2 ** (32 - bits)
  const address = ((a * 256 + b) * 256 + c) * 256 + d
  return { first: address - (address % size), bits }
}

export function sizeOf({ bits }: Cidr): number {
  return 2 ** (32 - bits)
}

export function textOf({ first, bits }: Cidr): string {
  return `${addressText(first)}/${bits}`
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.first < b.first + sizeOf(b) && b.first < a.first + sizeOf(a)
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && inner.first + sizeOf(inner) <= outer.first + sizeOf(outer)
}

const ipv6 = /^[0-9a-f:]{2,39}(?:\/\d{1,3})$/i

/** Whether a text can be a block of IPv6 addresses. */
export function isIpv6Cidr(text: string): boolean {
  return ipv6.test(text) && text.includes(':')
}
