import { DeleteParameter, DeleteParameters } from '@cloud-orrery/models/ssm'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { announceChange } from './change-events.ts'
import { judged, theNumbered, theParameter, versionsOf } from './names.ts'
import {
  type ParameterRecord,
  parameterCounts,
  parameters,
  parameterVersions,
  versionKey,
} from './state.ts'

export const deleteParameter = operation(DeleteParameter, {
  authorize: ({ Name }, ctx) => judged(ctx, Name),
  provenance: 'recorded',
  run(ctx, { Name }) {
    removeParameter(ctx, theParameter(ctx, Name))
    return {}
  },
})

export const deleteParameters = operation(DeleteParameters, {
  authorize: ({ Names }, ctx) => Names.map((name) => judged(ctx, name)),
  provenance: 'modelled',
  run(ctx, { Names }) {
    const DeletedParameters: string[] = []
    const InvalidParameters: string[] = []
    for (const name of new Set(Names)) {
      const parameter = parameters.get(ctx, name)
      if (parameter === undefined) InvalidParameters.push(name)
      else {
        removeParameter(ctx, parameter)
        DeletedParameters.push(name)
      }
    }
    return { DeletedParameters, InvalidParameters }
  },
})

/** Takes a parameter away with its versions and what its policies had in mind. */
export function removeParameter(ctx: Context, parameter: ParameterRecord): void {
  const { name, tier } = parameter
  const latest = theNumbered(ctx, parameter, parameter.version)
  for (const id of parameter.taskIds) ctx.cancel(id)
  for (const { version } of versionsOf(ctx, name)) {
    parameterVersions.delete(ctx, versionKey(name, version))
  }
  parameters.delete(ctx, name)
  parameterCounts.put(ctx, { tier, count: (parameterCounts.get(ctx, tier)?.count ?? 1) - 1 })
  announceChange(ctx, 'Delete', parameter, latest)
}
