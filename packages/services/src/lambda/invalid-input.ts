import { type AwsError, type Violation, validationMessage } from '@cloud-orrery/models'
import { invalid, validation } from './errors.ts'
import { supportedRuntimes } from './runtimes.ts'

/** What the model forbids, where Lambda words it in its own way. */
export function invalidInput(_message: string, violations: readonly Violation[]): AwsError {
  const runtime = violations.find(({ path, kind }) => path === 'runtime' && kind === 'enum')
  if (runtime !== undefined && violations.length === 1) {
    // Recorded: lambda CreateFunction, UpdateFunctionConfiguration: a list of its own, in its own order.
    return invalid(
      `Value ${String(runtime.value)} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${supportedRuntimes.join(', ')}] or be a valid ARN`,
    )
  }
  return validation(inRecordedOrder(validationMessage(violations.map(withNull))))
}

/** Lists of which AWS says besides that their members may not be null. Recorded: lambda, of other lists it does not. */
const listsWithoutNull: ReadonlySet<string> = new Set(['architectures', 'layers'])

function withNull(violation: Violation): Violation {
  const { path, kind, constraint } = violation
  const said = constraint.includes('Member must not be null')
  if (kind !== 'members' || said || !listsWithoutNull.has(path)) return violation
  return { ...violation, constraint: constraint.replace(/\]$/, ', Member must not be null]') }
}

/** Enums whose values AWS tells in another order than its model. Recorded: lambda. */
const orders: readonly (readonly [model: string, told: string])[] = [
  ['[Allow, Terminate]', '[Terminate, Allow]'],
  ['[TRIM_HORIZON, LATEST, AT_TIMESTAMP]', '[LATEST, AT_TIMESTAMP, TRIM_HORIZON]'],
]

function inRecordedOrder(message: string): string {
  return orders.reduce((text, [model, told]) => text.replace(model, told), message)
}
