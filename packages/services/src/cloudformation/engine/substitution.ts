import { templateError } from '../errors.ts'

export type SubstitutionPart = { readonly text: string } | { readonly variable: string }

/**
 * The parts of a string for `Fn::Sub`: text, and what stands in `${...}`. `${!Literal}` is the text
 * `${Literal}`. A `$` or an unclosed brace is text.
 */
export function substitutionParts(text: string): readonly SubstitutionPart[] {
  const parts: SubstitutionPart[] = []
  let from = 0
  while (from < text.length) {
    const open = text.indexOf('${', from)
    const end = open === -1 ? -1 : text.indexOf('}', open)
    if (open === -1 || end === -1) break
    if (open > from) parts.push({ text: text.slice(from, open) })
    const name = text.slice(open + 2, end)
    if (name.startsWith('!')) parts.push({ text: `\${${name.slice(1)}}` })
    else parts.push({ variable: variableName(name) })
    from = end + 1
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}

function variableName(name: string): string {
  if (!/^[a-zA-Z0-9_.:]+$/.test(name)) {
    throw templateError(
      'variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
    )
  }
  return name
}
