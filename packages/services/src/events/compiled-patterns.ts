import { compilePattern } from '../shared/event-pattern/compilation.ts'
import type { CompiledPattern } from '../shared/event-pattern/matching.ts'

/** Compiled patterns by the frozen record that holds the text; a changed record is a new one. */
const compiled = new WeakMap<object, CompiledPattern>()

/** The compiled pattern of a rule or archive, whose text was checked when it was put. */
export function patternOf(record: { readonly pattern?: string }): CompiledPattern | undefined {
  if (record.pattern === undefined || record.pattern === '') return undefined
  let pattern = compiled.get(record)
  if (pattern === undefined) {
    pattern = compilePattern(record.pattern)
    compiled.set(record, pattern)
  }
  return pattern
}
