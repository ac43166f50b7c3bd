import { BoundedPattern } from '../../shared/bounded-pattern.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { type Pattern, QueryError } from './syntax.ts'

/** Whether a text has a pattern: a part in so many words, or a match anywhere. */
export type TextTest = (text: string) => boolean

export function textTest(pattern: Pattern): TextTest {
  if (pattern.kind === 'text') return (text) => text.includes(pattern.text)
  const { bounded, ignoreCase } = regexOf(pattern.source)
  return (text) => bounded.test(ignoreCase ? text.toLowerCase() : text)
}

function regexOf(written: string) {
  const { source, ignoreCase } = flagsOf(written)
  if (!isRegex(source)) throw new QueryError(`Invalid regular expression ${written}`, 0, 0)
  const bounded = new BoundedPattern(ignoreCase ? lowered(source) : source, unbuilt)
  return { bounded, ignoreCase }
}

/** Asked of the runtime: the bounded engine takes well-formed expressions alone. */
function isRegex(source: string): boolean {
  try {
    new RegExp(source, 's')
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

function unbuilt(part: string): Error {
  return notModelled(`${part} in regular expressions of Logs Insights`)
}

/** `(?i)error` */
function flagsOf(source: string): { source: string; ignoreCase: boolean } {
  const ignoreCase = source.startsWith('(?i)')
  return { source: ignoreCase ? source.slice(4) : source, ignoreCase }
}

/** Letters in small; escapes such as `\S` and names of groups as they are. */
function lowered(source: string): string {
  return source.replace(/\\.|\(\?<\w+>|[A-Z]/gs, (it) => (it.length > 1 ? it : it.toLowerCase()))
}

/** What `parse` finds in a text, by name; undefined where the text has not the form. */
export type Extraction = (text: string) => ReadonlyMap<string, string> | undefined

/** `* [*] *` with as many names as stars, or a regular expression with names of its own. */
export function extraction(pattern: Pattern, names: readonly string[]): Extraction {
  return pattern.kind === 'text' ? byGlob(pattern.text, names) : byRegex(pattern.source)
}

/** Each star takes as little as it can; the last one at the end of the glob all the rest. */
function byGlob(glob: string, names: readonly string[]): Extraction {
  const pieces = glob.split('*')
  return (text) => {
    const [first = '', ...rest] = pieces
    let at = text.indexOf(first)
    if (at === -1) return undefined
    at += first.length
    const found = new Map<string, string>()
    for (const [i, piece] of rest.entries()) {
      const isLast = i === rest.length - 1
      const end = piece === '' && isLast ? text.length : text.indexOf(piece, at)
      if (end === -1) return undefined
      found.set(names[i] ?? '', text.slice(at, end))
      at = end + piece.length
    }
    return found
  }
}

/** Names of the expression's own groups. A name that stands for no text is not there. */
function byRegex(written: string): Extraction {
  const { bounded, ignoreCase } = regexOf(written)
  return (text) => {
    const groups = bounded.groups(text, ignoreCase ? (char) => char.toLowerCase() : undefined)
    return groups === undefined || groups.size === 0 ? undefined : groups
  }
}
