/**
 * S3 lists keys in the binary order of their UTF-8; the tables order by UTF-16 code units. Both agree but for
 * surrogates, which UTF-16 puts below U+E000 to U+FFFF. This moves the two groups past each other, and frees
 * U+0000, which parts composed keys. Source: S3 User Guide, "Listing object keys programmatically".
 */
export function sortableKey(key: string): string {
  return needsMoving.test(key) ? key.replace(moved, moveUnit) : key
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 and U+0001 are what must be escaped.
const needsMoving = /[\u0000\u0001\ud800-\uffff]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const moved = /[\u0000\u0001\ud800-\uffff]/g

function moveUnit(unit: string): string {
  const code = unit.charCodeAt(0)
  if (code <= 1) return `\u0001${String.fromCharCode(code + 1)}`
  return String.fromCharCode(code < 0xe000 ? code + 0x2000 : code - 0x800)
}

/** Compares two keys as S3 orders them. */
export function compareKeys(a: string, b: string): number {
  const left = sortableKey(a)
  const right = sortableKey(b)
  return left < right ? -1 : left > right ? 1 : 0
}
