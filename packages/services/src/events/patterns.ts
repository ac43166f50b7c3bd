import { TestEventPattern } from '@cloud-orrery/models/events'
import { operation } from '../define.ts'
import { compilePattern } from '../shared/event-pattern/compilation.ts'
import { type CompiledPattern, matches } from '../shared/event-pattern/matching.ts'
import { JsonProblem } from '../shared/json-tokens.ts'
import { invalidParameter, invalidPattern } from './errors.ts'

/** Fields that an event to be tested must have. Source: EventBridge API reference, TestEventPattern. */
const requiredFields = ['id', 'account', 'source', 'time', 'region', 'detail-type'] as const

export const testEventPattern = operation(TestEventPattern, {
  authorize: () => '*',
  provenance: 'recorded',
  trail: { readOnly: true },
  run(_ctx, { EventPattern, Event }) {
    const pattern = compiled(EventPattern)
    return { Result: matches(pattern, parsedEvent(Event)) }
  },
})

function compiled(source: string): CompiledPattern {
  try {
    return compilePattern(source)
  } catch (error) {
    if (error instanceof JsonProblem) throw invalidPattern(error.message)
    throw error
  }
}

function parsedEvent(text: string): object {
  let event: unknown
  try {
    event = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidParameter('Event')
    throw error
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw invalidParameter('Event')
  }
  for (const field of requiredFields) {
    if (!Object.hasOwn(event, field)) {
      throw invalidParameter('Event', `${field} is a required field.`)
    }
  }
  return event
}
