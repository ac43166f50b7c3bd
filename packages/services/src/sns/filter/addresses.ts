import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** A block of addresses; a text says why there is none. Recorded: sns, Subscribe, `FilterPolicy`. */
export function parseCidr(cidr: string): BlockList | string {
  const [address = '', mask = '', ...more] = cidr.replace(/\/+$/, '').split('/')
  if (mask === '' || more.length > 0) return "Malformed CIDR, one '/' required"
  if (!/^[+-]?\d+$/.test(mask)) return 'Malformed CIDR, mask bits must be an integer'
  const bits = Number(mask)
  if (bits < 0) return 'Malformed CIDR, mask bits must not be negative'
  const problem = addressProblem(address)
  if (problem !== undefined) return problem
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  const width = family === 'ipv4' ? 32 : 128
  if (bits >= width) return `IPv${family === 'ipv4' ? 4 : 6} mask bits must be < ${width}`
  const block = new BlockList()
  block.addSubnet(address, bits, family)
  return block
}

function addressProblem(address: string): string | undefined {
  return isIPv4(address) || isIPv6(address) ? undefined : `Nonstandard IP address: ${address}`
}

export function isWithin(block: BlockList, address: string): boolean {
  if (isIPv4(address)) return block.check(address, 'ipv4')
  return isIPv6(address) && block.check(address, 'ipv6')
}
