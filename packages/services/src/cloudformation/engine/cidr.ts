import { templateError } from '../errors.ts'

/** `Fn::Cidr`: so many blocks of `hostBits` address bits each, from the start of a block. */
export function cidrBlocks(block: string, count: number, hostBits: number): readonly string[] {
  const [address = '', length = ''] = block.split('/')
  const wide = address.includes(':')
  const bits = wide ? 128 : 32
  const prefix = Number(length)
  const start = wide ? fromIpv6(address) : fromIpv4(address)
  if (
    start === undefined ||
    length === '' ||
    !Number.isInteger(prefix) ||
    prefix < 0 ||
    prefix > bits
  ) {
    throw templateError(`${block} is not a valid CIDR block`)
  }
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw templateError('Fn::Cidr count must be an integer from 1 to 256')
  }
  if (!Number.isInteger(hostBits) || hostBits < 1 || hostBits > bits - prefix) {
    throw templateError(`${block} can not be divided into blocks of ${hostBits} bits`)
  }
  const size = 1n << BigInt(hostBits)
  if (BigInt(count) * size > 1n << BigInt(bits - prefix)) {
    throw templateError(`${block} can not hold ${count} blocks of ${hostBits} bits`)
  }
  const first = (start >> BigInt(bits - prefix)) << BigInt(bits - prefix)
  return Array.from({ length: count }, (_, i) => {
    const at = first + BigInt(i) * size
    return `${wide ? toIpv6(at) : toIpv4(at)}/${bits - hostBits}`
  })
}

function fromIpv4(address: string): bigint | undefined {
  const octets = address.split('.')
  if (octets.length !== 4) return undefined
  let value = 0n
  for (const octet of octets) {
    if (!/^\d{1,3}$/.test(octet) || Number(octet) > 255) return undefined
    value = value * 256n + BigInt(octet)
  }
  return value
}

function toIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
}

function fromIpv6(address: string): bigint | undefined {
  const [head = '', tail, more] = address.split('::')
  if (more !== undefined) return undefined
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = 8 - front.length - back.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  let value = 0n
  for (const group of [...front, ...Array.from({ length: missing }, () => '0'), ...back]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
    value = value * 65536n + BigInt(`0x${group}`)
  }
  return value
}

function toIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  ).join(':')
  const zeros = [...groups.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map((match) => match[0])
  const longest = zeros.reduce((best, each) => (each.length > best.length ? each : best), '')
  return longest === ''
    ? groups
    : groups.replace(longest, groups.endsWith(longest) ? '::' : ':').replace(/^:(?!:)/, '::')
}
