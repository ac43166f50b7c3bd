import { BoundedPattern } from '../../shared/bounded-pattern.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import type { Pattern } from './syntax.ts'

/** Whether a text has a pattern: a part in so many words, or a match anywhere. */
export type TextTest = (text: string) => boolean

export function textTest(pattern: Pattern): TextTest {
  if (pattern.kind === 'text') return (text) => text.includes(pattern.text)
  const { source, ignoreCase } = flagsOf(pattern.source)
  const bounded = new BoundedPattern(ignoreCase ? lowered(source) : source, unbuilt)
  return (text) => bounded.test(ignoreCase ? text.toLowerCase() : text)
}

function unbuilt(part: string): Error {
  return notModelled(`${part} in regular expressions of Logs Insights`)
}

/** `(?i)error` */
function flagsOf(source: string): { source: string; ignoreCase: boolean } {
  const ignoreCase = source.startsWith('(?i)')
  return { source: ignoreCase ? source.slice(4) : source, ignoreCase }
}

/** Letters in small, escapes such as `\S` as they are. */
function lowered(source: string): string {
  return source.replace(/\\.|[A-Z]/gs, (it) => (it.startsWith('\\') ? it : it.toLowerCase()))
}

/** What `parse` finds in a text, by name; undefined where the text has not the form. */
export type Extraction = (text: string) => Readonly<Record<string, string>> | undefined

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
    const found: Record<string, string> = {}
    for (const [i, piece] of rest.entries()) {
      const isLast = i === rest.length - 1
      const end = piece === '' && isLast ? text.length : text.indexOf(piece, at)
      if (end === -1) return undefined
      found[names[i] ?? ''] = text.slice(at, end)
      at = end + piece.length
    }
    return found
  }
}

/**
 * What matches is first asked of the bounded engine; only a text that does match is taken apart, by the runtime's own
 * matcher. Repetitions of repetitions, which could take it for ever, are refused by name.
 */
function byRegex(written: string): Extraction {
  const { source, ignoreCase } = flagsOf(written)
  if (/[*+}]\)(?:[*+]|\{\d+,)/.test(source)) {
    throw notModelled('repetitions of repetitions in regular expressions of parse')
  }
  const plain = source.replace(/\(\?<[A-Za-z]\w*>/g, '(')
  const test = textTest({ kind: 'regex', source: ignoreCase ? `(?i)${plain}` : plain })
  const regex = new RegExp(source, ignoreCase ? 'isu' : 'su')
  return (text) => {
    const groups = test(text) ? regex.exec(text)?.groups : undefined
    if (groups === undefined) return undefined
    return Object.fromEntries(
      Object.entries(groups).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    )
  }
}
