import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { functionPending, updateInProgress } from '../errors.ts'
import { retireOthers } from '../invoke/environments.ts'
import { creationMs, updateMs } from '../limits.ts'
import { changeVersion, versionKey } from '../lookup.ts'
import { type Deployment, type FunctionRecord, type VersionRecord, versions } from '../state.ts'

interface Change {
  readonly functionName: string
  readonly version: number
  readonly deploymentId: string
}

/** Pending becomes Active, and InProgress becomes Successful. */
export const finishChange = task<Change>('lambda.finish-change', {
  run(ctx, change) {
    const version = versions.get(ctx, versionKey(change.functionName, change.version))
    if (version?.deployment.id === change.deploymentId) settle(ctx, version)
  },
})

/** Plans the end of a creation or an update. */
export function planFinish(ctx: Context, version: VersionRecord): void {
  const { functionName, number, deployment } = version
  const change = { functionName, version: number, deploymentId: deployment.id }
  ctx.after(version.state === 'Pending' ? creationMs : updateMs, finishChange, change)
}

/** Ends what is under way now. Does nothing where nothing is. */
export function settle(ctx: Context, version: VersionRecord): VersionRecord {
  if (version.state !== 'Pending' && version.lastUpdate !== 'InProgress') return version
  const { serving, ...rest } = version
  // A record without a field is written whole: an update only adds.
  const settled: VersionRecord = {
    ...rest,
    state: 'Active',
    lastUpdate: 'Successful',
    revisionId: ctx.ids.uuid(),
  }
  versions.put(ctx, settled)
  if (serving !== undefined) retireOthers(ctx, settled)
  return settled
}

/** Puts another deployment in place of a version's: the old one answers until the change is done. */
export function deploy(
  ctx: Context,
  version: VersionRecord,
  deployment: Deployment,
): VersionRecord {
  const changed = changeVersion(ctx, version, {
    deployment,
    serving: version.deployment,
    lastUpdate: 'InProgress',
    modifiedAtMs: ctx.now(),
  })
  planFinish(ctx, changed)
  return changed
}

/**
 * Nothing can be changed while something is under way. Recorded: lambda UpdateFunctionCode. CloudFormation waits for
 * the end of each change before the next: how long that takes AWS leaves open, so for it the end comes now.
 */
export function settled(ctx: Context, fn: FunctionRecord, version: VersionRecord): VersionRecord {
  if (ctx.caller.invokedBy === 'cloudformation.amazonaws.com') return settle(ctx, version)
  if (version.lastUpdate === 'InProgress') throw updateInProgress(fn.arn)
  if (version.state === 'Pending') throw functionPending()
  return version
}
