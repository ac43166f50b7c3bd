/** Where a wildcard pattern is wrong, in AWS's words. Positions count bytes behind an opening quote. */
export class WildcardProblem extends Error {
  override readonly name = 'WildcardProblem'
}

/**
 * Compiles a wildcard pattern: `*` stands for any text, `\*` and `\\` for themselves. Undefined-length
 * parts are found from left to right, so matching is linear in the value for each star.
 */
export function wildcardTest(pattern: string): (text: string) => boolean {
  const parts = literalParts(pattern)
  const [first = ''] = parts
  if (parts.length === 1) return (text) => text === first
  const last = parts.at(-1) ?? ''
  const middle = parts.slice(1, -1)
  return (text) => {
    if (text.length < first.length + last.length) return false
    if (!text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    const end = text.length - last.length
    for (const part of middle) {
      const found = text.indexOf(part, at)
      if (found === -1 || found + part.length > end) return false
      at = found + part.length
    }
    return true
  }
}

/** The literal texts between the stars. */
function literalParts(pattern: string): string[] {
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at)
    if (char === '\\') {
      const next = pattern[at + 1]
      if (next !== '*' && next !== '\\') {
        throw new WildcardProblem(`Invalid escape character at pos ${position(pattern, at)}`)
      }
      part += next
      at += 1
    } else if (char === '*') {
      if (pattern[at + 1] === '*') {
        throw new WildcardProblem(`Consecutive wildcard characters at pos ${position(pattern, at)}`)
      }
      parts.push(part)
      part = ''
    } else part += char
  }
  parts.push(part)
  return parts
}

function position(pattern: string, at: number): number {
  return Buffer.byteLength(pattern.slice(0, at)) + 1
}
