import { compilePattern } from '@cloud-orrery/models'
import { BoundedPattern } from '../../shared/bounded-pattern.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalidPattern } from './errors.ts'

/**
 * Whether the whole value has the form of `AllowedPattern`. Throws InvalidAllowedPatternException, and by name what
 * only a backtracking matcher can read.
 * Deviation: look-around, back references, word boundaries and flags are not modelled.
 */
export function matchesPattern(pattern: string, value: string): boolean {
  if (compilePattern(pattern) === undefined) throw invalidPattern()
  const unbuilt = (part: string) =>
    notModelled(`${part} in the parameter AllowedPattern of ssm:PutParameter`)
  return new BoundedPattern(pattern, unbuilt).matches(value)
}
