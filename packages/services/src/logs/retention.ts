import { DeleteRetentionPolicy, PutRetentionPolicy } from '@cloud-orrery/models/logs'
import { operation } from '../define.ts'
import { invalidRetention } from './errors.ts'
import { retentionDays } from './limits.ts'
import { judgedGroup, theGroup } from './lookup.ts'
import { logGroups } from './state.ts'
import { cancelSweep, planSweep } from './sweep.ts'

export const putRetentionPolicy = operation(PutRetentionPolicy, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'modelled',
  run(ctx, { logGroupName, retentionInDays }) {
    if (!retentionDays.includes(retentionInDays)) throw invalidRetention(retentionInDays)
    const group = cancelSweep(ctx, theGroup(ctx, { logGroupName }))
    logGroups.put(ctx, { ...group, retentionInDays })
    planSweep(ctx, logGroupName)
    return {}
  },
})

export const deleteRetentionPolicy = operation(DeleteRetentionPolicy, {
  authorize: ({ logGroupName }, ctx) => judgedGroup(ctx, logGroupName),
  provenance: 'modelled',
  run(ctx, { logGroupName }) {
    const { retentionInDays: _, ...rest } = cancelSweep(ctx, theGroup(ctx, { logGroupName }))
    logGroups.put(ctx, rest)
    return {}
  },
})
