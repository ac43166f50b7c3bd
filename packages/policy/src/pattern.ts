/**
 * Wildcard matching. Inside a compiled pattern the wildcards are Unicode noncharacters, so that a
 * literal `*` (from `${*}` or from a variable's value) can stand beside them.
 */
const any = '\uFDD0' // Any run of characters.
const one = '\uFDD1' // Any single character.
const anyInSegment = '\uFDD2' // Any run of characters without a colon.
const oneInSegment = '\uFDD3'
const anyCode = any.charCodeAt(0)
const oneCode = one.charCodeAt(0)
const wildcards = /[\uFDD0-\uFDD3]/

/** A pattern whose wildcards are marked; made by `toGlob` or `toArnGlob`. */
export type Glob = string

/** Marks `*` and `?` of policy text as wildcards that may match anything, colons too. */
export function toGlob(text: string): Glob {
  const clean = wildcards.test(text) ? text.replace(/[\uFDD0-\uFDD3]/g, '\uFFFD') : text
  return clean.replaceAll('*', any).replaceAll('?', one)
}

/** True when a variable's value could be mistaken for a marked wildcard; it is then not used. */
export function holdsMarkedWildcard(value: string): boolean {
  return wildcards.test(value)
}

/**
 * Narrows a glob to what `Resource` allows: in the first five segments a wildcard stays within its
 * segment, unless it is an asterisk at the segment's end, which may match beyond the colon.
 * Source: IAM User Guide, "IAM JSON policy elements: Resource", Using wildcards in resource ARNs.
 */
export function toArnGlob(glob: Glob): Glob {
  let colons = 0
  let out = ''
  for (let i = 0; i < glob.length; i++) {
    const char = glob.charAt(i)
    if (char === ':') colons++
    const next = glob.charAt(i + 1)
    if (colons >= 5 || (char !== any && char !== one)) out += char
    else if (char === one) out += oneInSegment
    else out += next === ':' || next === '' ? any : anyInSegment
  }
  return out
}

/** True when the whole of `text` fits `glob`. Time is at most the product of both lengths. */
export function matchesGlob(glob: Glob, text: string): boolean {
  if (glob === any) return true
  if (!wildcards.test(glob)) return glob === text
  return glob.includes(anyInSegment) || glob.includes(oneInSegment)
    ? matchesSegmented(glob, text)
    : matchesGreedy(glob, text)
}

/** Backtracks to the last asterisk only, which is enough when all asterisks match alike. */
function matchesGreedy(glob: Glob, text: string): boolean {
  let g = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    const code = glob.charCodeAt(g) // NaN past the end, which equals nothing.
    if (code === anyCode) {
      star = g++
      resume = t
    } else if (code === oneCode || code === text.charCodeAt(t)) {
      g++
      t++
    } else if (star >= 0) {
      g = star + 1
      t = ++resume
    } else return false
  }
  while (glob.charCodeAt(g) === anyCode) g++
  return g === glob.length
}

/** Follows every possible position at once, because asterisks differ in what they may match. */
function matchesSegmented(glob: Glob, text: string): boolean {
  let reached: boolean[] = new Array(text.length + 1).fill(false)
  reached[0] = true
  for (const token of glob) {
    const next: boolean[] = new Array(text.length + 1).fill(false)
    for (let t = 0; t <= text.length; t++) {
      if (token === any || token === anyInSegment) {
        const carried =
          t > 0 && next[t - 1] === true && (token === any || text.charAt(t - 1) !== ':')
        next[t] = reached[t] === true || carried
      } else if (t > 0 && reached[t - 1] === true) {
        const char = text.charAt(t - 1)
        next[t] = token === one || (token === oneInSegment ? char !== ':' : char === token)
      }
    }
    reached = next
  }
  return reached[text.length] === true
}

/** A test made once for a pattern that will be used often. */
export function compileGlob(glob: Glob): (text: string) => boolean {
  if (glob === any) return () => true
  if (!wildcards.test(glob)) return (text) => text === glob
  const prefix = glob.slice(0, -1)
  if (glob.endsWith(any) && !wildcards.test(prefix)) return (text) => text.startsWith(prefix)
  if (glob.includes(anyInSegment) || glob.includes(oneInSegment)) {
    return (text) => matchesSegmented(glob, text)
  }
  return (text) => matchesGreedy(glob, text)
}

/** True when an action pattern (`s3:Get*`, `*`) covers an action. Letter case has no meaning. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesGlob(toGlob(pattern.toLowerCase()), action.toLowerCase())
}

/** True when a `Resource` pattern without variables covers an ARN. Letter case has meaning. */
export function matchesArn(pattern: string, arn: string): boolean {
  return matchesGlob(toArnGlob(toGlob(pattern)), arn)
}

/**
 * `ArnLike`: each of the six segments is compared by itself; the sixth may hold colons.
 * A lone asterisk matches every ARN.
 */
export function matchesArnGlob(glob: Glob, arn: string): boolean {
  if (glob === any) return true
  const patterns = segments(glob)
  const values = segments(arn)
  if (patterns === undefined || values === undefined) return false
  return patterns.every((pattern, i) => matchesGlob(pattern, values[i] ?? ''))
}

function segments(arn: string): readonly string[] | undefined {
  const parts = arn.split(':')
  if (parts.length < 6) return undefined
  return [...parts.slice(0, 5), parts.slice(5).join(':')]
}
