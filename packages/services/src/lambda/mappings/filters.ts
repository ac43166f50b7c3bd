import { compilePattern } from '../../shared/event-pattern/compilation.ts'
import { type CompiledPattern, matches } from '../../shared/event-pattern/matching.ts'
import type { MappingRecord } from './state.ts'

/** Compiled filters by their frozen list. */
const compiled = new WeakMap<readonly string[], readonly CompiledPattern[]>()

/** Whether one of a mapping's filters lets a message through; without filters all pass. */
export function passes({ filters }: MappingRecord, record: Record<string, unknown>): boolean {
  if (filters.length === 0) return true
  return passesAs(filters, { ...record, body: bodyOf(record['body']) })
}

/** The same for what is matched as it is. */
export function passesAs(filters: readonly string[], value: Record<string, unknown>): boolean {
  if (filters.length === 0) return true
  let patterns = compiled.get(filters)
  if (patterns === undefined) {
    patterns = filters.map((text) => compilePattern(text))
    compiled.set(filters, patterns)
  }
  return patterns.some((pattern) => matches(pattern, value))
}

/** A body of JSON is matched by its members. Source: developer guide, "Event filtering" for SQS. */
function bodyOf(body: unknown): unknown {
  if (typeof body !== 'string' || !/^\s*[[{]/.test(body)) return body
  try {
    return JSON.parse(body)
  } catch {
    return body // Text that only begins like JSON.
  }
}
