import type { Limits } from './valid-values.ts'

/**
 * AWS's words for each constraint, written a second time: what the models package answers is compared with these.
 * Recorded: lambda, events, kms, dynamodb, states, apigateway (messages of `ValidationException`).
 */
export const words = {
  required: 'Member must not be null',
  lengthMin: (it: number) => `Member must have length greater than or equal to ${it}`,
  lengthMax: (it: number) => `Member must have length less than or equal to ${it}`,
  rangeMin: (it: number) => `Member must have value greater than or equal to ${it}`,
  rangeMax: (it: number) => `Member must have value less than or equal to ${it}`,
  pattern: (it: string) => `Member must satisfy regular expression pattern: ${it}`,
  enum: (it: readonly string[]) => `Member must satisfy enum value set: [${it.join(', ')}]`,
}

/** What an element of a list, or a key or value of a map, has to satisfy, all in one bracket. */
export function bracket(head: 'Member' | 'Map keys' | 'Map value', limits: Limits): string {
  const { pattern, lengthMin, lengthMax, rangeMin, rangeMax, enum: values } = limits
  const parts = [
    lengthMax === Infinity ? undefined : words.lengthMax(lengthMax),
    limits.lengthMinGiven ? words.lengthMin(lengthMin) : undefined,
    rangeMax === undefined ? undefined : words.rangeMax(rangeMax),
    rangeMin === undefined ? undefined : words.rangeMin(rangeMin),
    pattern === undefined ? undefined : words.pattern(pattern),
    values === undefined ? undefined : words.enum(values),
  ]
  return `${head} must satisfy constraint: [${parts.filter((it) => it !== undefined).join(', ')}]`
}
