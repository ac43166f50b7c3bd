import { compilePattern } from '@cloud-orrery/models'
import { BoundedPattern } from '../../shared/bounded-pattern.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalidPattern, invalidTerm } from '../errors.ts'

/** What a regular expression may be written with. Source: "Supported regular expressions (regex) syntax". */
const allowed = /^[A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+.]*$/
const forbidden = /[^A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+.]+/

/** `%...%` as an expression that is looked for anywhere in a text, in time bounded by both their sizes. */
export function compileRegex(text: string): BoundedPattern {
  const source = text.slice(1, -1)
  if (text.length < 3 || !text.endsWith('%')) throw invalidPattern()
  if (!allowed.test(source)) throw invalidTerm(forbidden.exec(source)?.[0] ?? source)
  if (compilePattern(source) === undefined) throw invalidPattern()
  return new BoundedPattern(source, (part) => notModelled(`${part} in a filter pattern of Logs`))
}
