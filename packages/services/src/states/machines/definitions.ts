import { ValidateStateMachineDefinition } from '@cloud-orrery/models/states'
import { operation } from '../../define.ts'
import { definitionDiagnostics } from '../asl/validation.ts'
import { invalidDefinition } from '../errors.ts'
import { diagnosticsMax } from '../limits.ts'
import type { MachineType } from '../state.ts'

/** Refuses a text that is no definition of a machine of this type. */
export function checkDefinition(text: string, type: MachineType): void {
  const errors = definitionDiagnostics(text, type).filter(({ severity }) => severity === 'ERROR')
  if (errors.length === 0) return
  const reasons = errors.map(({ code, message, location }) =>
    location === undefined ? `${code}: ${message}` : `${code}: ${message} at ${location}`,
  )
  throw invalidDefinition(reasons.join(', '))
}

export const validateStateMachineDefinition = operation(ValidateStateMachineDefinition, {
  authorize: () => '*',
  provenance: 'recorded',
  trail: { readOnly: true },
  run(_ctx, { definition, type = 'STANDARD', severity = 'ERROR', maxResults = 0 }) {
    const found = definitionDiagnostics(
      definition,
      type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    ).filter((it) => severity === 'WARNING' || it.severity === 'ERROR')
    const most = maxResults === 0 ? diagnosticsMax : maxResults
    return {
      result: found.some((it) => it.severity === 'ERROR') ? 'FAIL' : 'OK',
      diagnostics: found.slice(0, most).map(({ severity, code, message, location }) => ({
        severity,
        code,
        message,
        ...(location === undefined ? {} : { location }),
      })),
      truncated: found.length > most,
    }
  },
})
