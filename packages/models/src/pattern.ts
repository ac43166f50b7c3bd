/** POSIX and Java classes that JavaScript does not know, as the inside of a bracket expression. */
const classes: Readonly<Record<string, string>> = {
  Alnum: 'a-zA-Z0-9',
  Alpha: 'a-zA-Z',
  ASCII: '\\x00-\\x7F',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  Digit: '0-9',
  Graph: '!-~',
  Lower: 'a-z',
  Print: ' -~',
  Punct: '!-\\/:-@\\[-`{-~',
  Space: ' \\t\\n\\x0B\\f\\r',
  Upper: 'A-Z',
  XDigit: '0-9a-fA-F',
}

const compiled = new Map<string, RegExp | undefined>()

/**
 * A model's pattern, which AWS's servers match as Java does, against the whole value. Undefined for a
 * pattern that JavaScript can't express; the generator lists those.
 */
export function compilePattern(pattern: string): RegExp | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern)
  const found = pattern.includes('&&') ? undefined : compiledPattern(pattern)
  compiled.set(pattern, found)
  return found
}

function compiledPattern(pattern: string): RegExp | undefined {
  const { source, flags } = toJavaScript(pattern)
  // Unicode mode reads `\p{...}` and counts an astral character as one, but refuses needless escapes.
  const unicode = tryPattern(source, `${flags}u`)
  return unicode ?? (/\\[pP]\{/.test(source) ? undefined : tryPattern(source, flags))
}

function tryPattern(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})$`, flags)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function toJavaScript(pattern: string): { source: string; flags: string } {
  const inline = /^\^?\(\?([is]+)\)/.exec(pattern)
  const body = inline === null ? pattern : pattern.slice(inline[0].length)
  let source = ''
  let inside = false
  for (let at = 0; at < body.length; at++) {
    const rest = body.slice(at, at + 24)
    const named = /^\\([pP])\{(?:Is)?(\w+)\}/.exec(rest)
    if (named !== null) {
      source += namedClass(named[1] === 'P', named[2] ?? '', inside)
      at += named[0].length - 1
    } else if (rest.startsWith('\\')) {
      source += escaped(body, at)
      at += 1
    } else {
      const char = body.charAt(at)
      // A possessive quantifier matches what the greedy one does, or less; AWS's uses are the former.
      if (char === '+' && !inside && quantified(source)) continue
      source += inside && char === '[' ? '\\[' : char
      if (char === '[') inside = true
      else if (char === ']') inside = false
    }
  }
  return { source, flags: inline?.[1] ?? '' }
}

function namedClass(negated: boolean, name: string, inside: boolean): string {
  const range = classes[name]
  if (range === undefined) return `\\${negated ? 'P' : 'p'}{${name}}`
  // A negated class inside brackets has no JavaScript form; leaving it makes the pattern unreadable.
  if (inside) return negated ? `\\P{${name}}` : range
  return negated ? `[^${range}]` : `[${range}]`
}

function quantified(source: string): boolean {
  return /[*+?}]$/.test(source) && !/\\.$/.test(source)
}

/** Escapes that only non-unicode mode allows lose their backslash; Java's `\A`, `\z`, `\Z` are our anchors. */
function escaped(body: string, at: number): string {
  const char = body.charAt(at + 1)
  if (char === 'A' || char === 'z' || char === 'Z') return ''
  if (/[A-Za-z0-9^$\\.*+?()[\]{}|/-]/.test(char)) return char === '-' ? '\\x2D' : `\\${char}`
  return char
}
