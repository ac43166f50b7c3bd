import { compileDelimited } from './delimited.ts'
import { compileJson } from './json.ts'
import { compileRegex } from './regex.ts'
import { compileTerms } from './terms.ts'

/** What a pattern takes from a message that it matches; undefined where it does not match. */
export type Match = (message: string) => Readonly<Record<string, string>> | undefined

const nothing: Readonly<Record<string, string>> = Object.freeze({})

/**
 * A filter pattern as a function. Throws InvalidParameterException.
 * Source: CloudWatch Logs User Guide, "Filter pattern syntax".
 */
export function compileFilterPattern(pattern: string): Match {
  const text = pattern.trim()
  if (text === '' || text === '""') return () => nothing
  if (text.startsWith('{')) return compileJson(text)
  if (text.startsWith('[')) return compileDelimited(text)
  if (text.startsWith('%')) {
    const regex = compileRegex(text)
    return (message) => (regex.test(message) ? nothing : undefined)
  }
  const matches = compileTerms(text)
  return (message) => (matches(message) ? nothing : undefined)
}
