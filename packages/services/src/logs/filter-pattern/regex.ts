import { invalidPattern, invalidTerm } from '../errors.ts'

/** What a regular expression may be written with. Source: "Supported regular expressions (regex) syntax". */
const allowed = /^[A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+.]*$/
const forbidden = /[^A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+.]+/

/** `%...%` as an expression that is looked for anywhere in a text. */
export function compileRegex(text: string): RegExp {
  const source = text.slice(1, -1)
  if (text.length < 3 || !text.endsWith('%')) throw invalidPattern()
  if (!allowed.test(source)) throw invalidTerm(forbidden.exec(source)?.[0] ?? source)
  try {
    return new RegExp(source)
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidPattern()
    throw error
  }
}
