import type { Context } from '../../context.ts'
import type { Graph } from '../engine/graph.ts'
import type { Template } from '../engine/template.ts'
import { resourceKey, resources, type Stack, type StackResource } from '../state.ts'
import { type Operation, type Phase, type Step, stepId, steps, type Target } from './operation.ts'

/** What a phase has to do, as steps. */

/** Every resource that the template now makes, each after those it needs. */
export function forwardSteps(
  ctx: Context,
  stack: Stack,
  template: Template,
  graph: Graph,
): readonly Step[] {
  return [...graph].map(([logicalId, needs]) => {
    const before = resources.get(ctx, resourceKey(stack.stackId, logicalId))
    return {
      stackId: stack.stackId,
      id: stepId('forward', logicalId),
      phase: 'forward',
      logicalId,
      type: template.resources[logicalId]?.type ?? '',
      work: before === undefined ? 'create' : 'update',
      status: 'waiting',
      waitsFor: needs.map((need) => stepId('forward', need)),
      ...(before === undefined ? {} : { before }),
    }
  })
}

/** Everything that a stack has, each after those that need it. `policy` decides what stays. */
export function deletionSteps(
  phase: Phase,
  going: readonly StackResource[],
  policy: (resource: StackResource) => string | undefined,
): readonly Step[] {
  const names = new Set(going.map(({ logicalId }) => logicalId))
  const dependents = new Map<string, string[]>()
  for (const { logicalId, dependsOn } of going) {
    for (const need of dependsOn) {
      if (!names.has(need)) continue
      const list = dependents.get(need)
      if (list === undefined) dependents.set(need, [logicalId])
      else list.push(logicalId)
    }
  }
  return going.map((resource) => {
    const kept = policy(resource)
    return {
      stackId: resource.stackId,
      id: stepId(phase, resource.logicalId),
      phase,
      logicalId: resource.logicalId,
      type: resource.type,
      work: 'delete',
      status: 'waiting',
      waitsFor: (dependents.get(resource.logicalId) ?? []).map((name) => stepId(phase, name)),
      target: { ...targetOf(resource), ...(kept === undefined ? {} : { policy: kept }) },
    }
  })
}

function targetOf({ physicalId, type, state, properties }: StackResource): Target {
  return { physicalId, type, properties, ...(state === undefined ? {} : { state }) }
}

export function stepsOf(ctx: Context, stackId: string, phase: Phase): readonly Step[] {
  return [...steps.where(ctx, 'stack', stackId)].filter((step) => step.phase === phase)
}

export function resourcesOf(ctx: Context, stackId: string): readonly StackResource[] {
  return [...resources.where(ctx, 'stack', stackId)]
}

/** What is there and not deleted yet. */
export function livingResources(ctx: Context, stackId: string): readonly StackResource[] {
  return resourcesOf(ctx, stackId).filter(
    ({ status }) => status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED',
  )
}

/** Old resources of replacements, and those that the new template no longer has. */
export function cleanupSteps(ctx: Context, stack: Stack, graph: Graph): readonly Step[] {
  const replaced = stepsOf(ctx, stack.stackId, 'forward').flatMap(({ did, before }) =>
    did === 'replaced' && before !== undefined ? [before] : [],
  )
  const removed = livingResources(ctx, stack.stackId).filter(
    ({ logicalId }) => !graph.has(logicalId),
  )
  const old = new Set(replaced)
  return deletionSteps('cleanup', [...replaced, ...removed], (resource) => {
    const policy = old.has(resource) ? resource.updateReplacePolicy : resource.deletionPolicy
    return policy === 'RetainExceptOnCreate' ? 'Retain' : policy
  })
}

/** The way back of a creation: what was made is deleted. */
export function creationRollbackSteps(ctx: Context, operation: Operation): readonly Step[] {
  return deletionSteps('rollback', livingResources(ctx, operation.stackId), ({ deletionPolicy }) =>
    operation.retainExceptOnCreate || deletionPolicy === 'RetainExceptOnCreate'
      ? undefined
      : deletionPolicy,
  )
}

export interface UpdateRollback {
  /** Resources as they were before the update. */
  readonly restore: readonly Step[]
  /** New resources, deleted when all is restored. */
  readonly cleanup: readonly Step[]
}

export function updateRollbackSteps(ctx: Context, operation: Operation): UpdateRollback {
  const { stackId } = operation
  const done = stepsOf(ctx, stackId, 'forward').filter(({ status }) => status !== 'waiting')
  const touched = done.filter(
    ({ did, before }) => did !== undefined || before?.physicalId !== undefined,
  )
  const changed = touched.filter(
    (step) => step.before !== undefined && (step.did !== undefined || step.status === 'failed'),
  )
  const names = new Set(changed.map(({ logicalId }) => logicalId))
  const restore = changed.map((step): Step => {
    const { taskId: _, ...rest } = step
    return {
      ...rest,
      id: stepId('rollback', step.logicalId),
      phase: 'rollback',
      work: 'restore',
      status: 'waiting',
      waitsFor: (step.before?.dependsOn ?? [])
        .filter((name) => names.has(name))
        .map((name) => stepId('rollback', name)),
    }
  })
  const made = done.flatMap((step) => {
    const now = resources.get(ctx, resourceKey(stackId, step.logicalId))
    if (now === undefined) return []
    if (step.before === undefined) return [now]
    return step.did === 'replaced' && now.physicalId !== step.before.physicalId ? [now] : []
  })
  const cleanup = deletionSteps('rollback-cleanup', made, (resource) => {
    const isNew =
      done.find(({ logicalId }) => logicalId === resource.logicalId)?.before === undefined
    if (!isNew || operation.retainExceptOnCreate) return undefined
    return resource.deletionPolicy === 'RetainExceptOnCreate' ? undefined : resource.deletionPolicy
  })
  return { restore, cleanup }
}
