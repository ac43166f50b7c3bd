import type { AwsError, Violation } from '@cloud-orrery/models'
import { invalid, validation } from './errors.ts'
import { supportedRuntimes } from './runtimes.ts'

/** What the model forbids, where Lambda words it in its own way. */
export function invalidInput(message: string, violations: readonly Violation[]): AwsError {
  const runtime = violations.find(({ path, kind }) => path === 'runtime' && kind === 'enum')
  if (runtime !== undefined && violations.length === 1) {
    // Recorded: lambda CreateFunction, UpdateFunctionConfiguration: a list of its own, in its own order.
    return invalid(
      `Value ${String(runtime.value)} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${supportedRuntimes.join(', ')}] or be a valid ARN`,
    )
  }
  return validation(message)
}
