/** An address as answers show it: `j***@e***`, `+*******1234`. */
export function masked(address: string): string {
  const at = address.indexOf('@')
  if (at > 0) return `${address.slice(0, 1)}***@${address.slice(at + 1, at + 2)}***`
  return `+${'*'.repeat(Math.max(0, address.length - 5))}${address.slice(-4)}`
}
