import { LabelParameterVersion, UnlabelParameterVersion } from '@cloud-orrery/models/ssm'
import { operation } from '../../define.ts'
import { announceChange } from './change-events.ts'
import { tooManyLabels } from './errors.ts'
import { labelsMax } from './limits.ts'
import { judged, theNumbered, theParameter, versionsOf } from './names.ts'
import { parameterVersions } from './state.ts'

/** Source: LabelParameterVersion: no number, `aws` or `ssm` in front. */
const labelForm = /^(?!\d|aws|ssm)[a-zA-Z0-9_.-]+$/i

export const labelParameterVersion = operation(LabelParameterVersion, {
  authorize: ({ Name }, ctx) => judged(ctx, Name),
  provenance: 'modelled',
  run(ctx, { Name, ParameterVersion, Labels }) {
    const parameter = theParameter(ctx, Name)
    const version = theNumbered(ctx, parameter, ParameterVersion ?? parameter.version)
    const valid = Labels.filter((label) => labelForm.test(label))
    const labels = [...new Set([...version.labels, ...valid])]
    if (labels.length > labelsMax) throw tooManyLabels()
    for (const other of versionsOf(ctx, Name)) {
      // A label is on one version only: it moves.
      if (other.version === version.version || !other.labels.some((it) => valid.includes(it)))
        continue
      const kept = other.labels.filter((it) => !valid.includes(it))
      parameterVersions.put(ctx, { ...other, labels: kept })
    }
    parameterVersions.put(ctx, { ...version, labels })
    if (valid.length > 0) announceChange(ctx, 'LabelParameterVersion', parameter, version)
    return {
      InvalidLabels: Labels.filter((label) => !labelForm.test(label)),
      ParameterVersion: version.version,
    }
  },
})

export const unlabelParameterVersion = operation(UnlabelParameterVersion, {
  authorize: ({ Name }, ctx) => judged(ctx, Name),
  provenance: 'modelled',
  run(ctx, { Name, ParameterVersion, Labels }) {
    const version = theNumbered(ctx, theParameter(ctx, Name), ParameterVersion)
    const RemovedLabels = Labels.filter((label) => version.labels.includes(label))
    const labels = version.labels.filter((label) => !RemovedLabels.includes(label))
    parameterVersions.put(ctx, { ...version, labels })
    return {
      RemovedLabels,
      InvalidLabels: Labels.filter((label) => !version.labels.includes(label)),
    }
  },
})
