import { invalidPattern, invalidTerm } from '../errors.ts'

/** Optional sign, then a phrase in quotes or a word. */
const term = /\s*([-?]?)\s*(?:"((?:[^"\\]|\\.)*)"|([\p{L}\p{N}_]+))(?=\s|$)/uy

/**
 * Words and phrases: all must be there, none with a minus; of those with a question mark one, where there
 * are no others: beside others AWS ignores them. Source: "Filter pattern syntax", unstructured log events.
 */
export function compileTerms(text: string): (message: string) => boolean {
  const signed: Record<'' | '-' | '?', string[]> = { '': [], '-': [], '?': [] }
  term.lastIndex = 0
  let at = 0
  while (at < text.trimEnd().length) {
    term.lastIndex = at
    const match = term.exec(text)
    if (match === null) throw refused(text.slice(at))
    const [, sign = '', phrase, word] = match
    signed[sign as '' | '-' | '?'].push(phrase === undefined ? (word ?? '') : unescaped(phrase))
    at = term.lastIndex
  }
  const { '': all, '-': none, '?': some } = signed
  if (all.length + none.length === 0) return (message) => some.some((it) => message.includes(it))
  return (message) =>
    all.every((it) => message.includes(it)) && !none.some((it) => message.includes(it))
}

/** `\"` and `\\` of a phrase in quotes. */
export function unescaped(phrase: string): string {
  return phrase.replace(/\\(.)/gs, '$1')
}

/** The first characters that cannot be read. */
function refused(rest: string) {
  const after = rest.trimStart().replace(/^[-?]?\s*(?:"(?:[^"\\]|\\.)*"|[\p{L}\p{N}_]+)/u, '')
  const run = /^[^\p{L}\p{N}_\s]+/u.exec(after)?.[0]
  return run === undefined || run.startsWith('"') ? invalidPattern() : invalidTerm(run)
}
