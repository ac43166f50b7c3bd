import { invariant } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import { isCustomResource } from '../engine/custom-types.ts'
import { policyValue } from '../engine/environment.ts'
import { evaluate, evaluateObject, noValue } from '../engine/evaluate.ts'
import type { Json, JsonObject } from '../engine/json.ts'
import { sameJson } from '../engine/json.ts'
import { changeKind, nameInTheWay } from '../engine/property-changes.ts'
import { policyDenial } from '../stack-policy.ts'
import { resourceKey, resources, type Stack, type StackResource, stacks } from '../state.ts'
import { resourceTransition } from './journal-events.ts'
import { type Operation, type Step, steps } from './operation.ts'
import { failResource } from './progress.ts'
import { liveEnvironment, templateOf } from './values.ts'

/** Recorded: test_immutable_property_update_causes_resource_replacement. */
const replacementReason =
  'Requested update requires the creation of a new physical resource; hence creating one.'

/** Source: CloudFormation user guide, troubleshooting of updates. */
function customNameReason(name: string): string {
  return `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`
}

/** A resource as the template now wants it, functions worked out. */
export interface Wanted {
  readonly type: string
  readonly properties: JsonObject
  readonly metadata?: Json
  readonly dependsOn: readonly string[]
  readonly deletionPolicy?: string
  readonly updateReplacePolicy?: string
}

/** `begun`: its handler is to be called. */
export type Beginning = 'begun' | 'done' | 'failed'

/** Begins a step: its first event, and its record. */
export function begin(ctx: Context, operation: Operation, step: Step): Beginning {
  const stack = stacks.get(ctx, operation.stackId)
  invariant(stack !== undefined, `stack ${operation.stackId} is gone`)
  switch (step.work) {
    case 'create':
    case 'update':
      return beginForward(ctx, operation, step, stack)
    case 'restore':
      return beginRestore(ctx, operation, step)
    case 'delete':
      return beginDelete(ctx, operation, step)
  }
}

function beginForward(ctx: Context, operation: Operation, step: Step, stack: Stack): Beginning {
  const before = step.before
  let wanted: Wanted
  try {
    wanted = wantedResource(ctx, stack, step)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return failBeforeWork(ctx, operation, step, stack, error.message)
  }
  if (before === undefined || before.physicalId === '') {
    return startCreate(ctx, operation, step, wanted)
  }
  const change = changeKind(before, wanted, tagsChanged(operation, stack))
  if (change === 'none') {
    keepUnchanged(ctx, before, wanted)
    steps.put(ctx, { ...step, status: 'done' })
    return 'done'
  }
  const denial = policyDenial(
    stack.policy,
    operation.policyDuringUpdate,
    before,
    change === 'replace' ? 'Replace' : 'Modify',
  )
  if (denial !== undefined) return failBeforeWork(ctx, operation, step, stack, denial)
  const replaced = change === 'replace'
  const name = replaced ? nameInTheWay(before, wanted) : undefined
  if (name !== undefined) {
    return failBeforeWork(ctx, operation, step, stack, customNameReason(name))
  }
  const resource = put(ctx, before, wanted, {
    status: 'UPDATE_IN_PROGRESS',
    ...(replaced ? { statusReason: replacementReason } : {}),
  })
  announce(
    ctx,
    operation,
    { ...resource, type: before.type },
    replaced ? replacementReason : undefined,
  )
  return begun(ctx, {
    ...step,
    did: replaced ? 'replaced' : 'updated',
    attempted: wanted.properties,
  })
}

/** Only what has no event changes: dependencies, policies, metadata of a type that has no update. */
function keepUnchanged(ctx: Context, before: StackResource, wanted: Wanted): void {
  const { deletionPolicy: _d, updateReplacePolicy: _u, metadata: _m, ...rest } = before
  resources.put(ctx, { ...rest, ...wanted, properties: before.properties })
}

function startCreate(ctx: Context, operation: Operation, step: Step, wanted: Wanted): Beginning {
  const resource = resources.put(ctx, {
    stackId: step.stackId,
    logicalId: step.logicalId,
    physicalId: '',
    status: 'CREATE_IN_PROGRESS',
    updatedAtMs: ctx.now(),
    driftStatus: 'NOT_CHECKED',
    ...wanted,
  })
  announce(ctx, operation, resource, undefined)
  return begun(ctx, { ...step, did: 'created' })
}

function put(
  ctx: Context,
  before: StackResource,
  wanted: Wanted,
  fields: Partial<StackResource>,
): StackResource {
  const {
    statusReason: _s,
    deletionPolicy: _d,
    updateReplacePolicy: _u,
    metadata: _m,
    ...rest
  } = before
  return resources.put(ctx, { ...rest, ...wanted, updatedAtMs: ctx.now(), ...fields })
}

function announce(
  ctx: Context,
  operation: Operation,
  resource: StackResource,
  reason: string | undefined,
): void {
  resourceTransition(ctx, resource.stackId, resource, {
    status: resource.status,
    reason,
    token: operation.token,
  })
}

function begun(ctx: Context, step: Step): 'begun' {
  steps.put(ctx, { ...step, status: 'begun' })
  return 'begun'
}

/** A template error that shows only now, or a stack policy: the resource fails without its handler. */
function failBeforeWork(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
  reason: string,
): 'failed' {
  const definition = templateOf(ctx, stack).resources[step.logicalId]
  const resource = step.before ?? {
    stackId: step.stackId,
    logicalId: step.logicalId,
    type: definition?.type ?? '',
    physicalId: '',
    status: '',
    updatedAtMs: ctx.now(),
    properties: {},
    dependsOn: step.waitsFor.map((id) => id.slice(id.indexOf('/') + 1)),
    driftStatus: 'NOT_CHECKED',
  }
  const status = step.before === undefined ? 'CREATE_FAILED' : 'UPDATE_FAILED'
  failResource(ctx, operation, resource, status, reason)
  steps.put(ctx, { ...step, status: 'failed' })
  return 'failed'
}

export function wantedResource(
  ctx: Context,
  stack: Stack,
  step: Pick<Step, 'logicalId' | 'waitsFor'>,
): Wanted {
  const template = templateOf(ctx, stack)
  const definition = template.resources[step.logicalId]
  invariant(definition !== undefined, `the template has no resource ${step.logicalId}`)
  const env = liveEnvironment(ctx, stack, template)
  const metadata = definition.metadata === undefined ? noValue : evaluate(definition.metadata, env)
  const deletionPolicy = policyValue(definition.deletionPolicy, env)
  const updateReplacePolicy = policyValue(definition.updateReplacePolicy, env)
  return {
    type: definition.type,
    properties: evaluateObject(definition.properties, env),
    ...(metadata === noValue ? {} : { metadata }),
    dependsOn: step.waitsFor.map((id) => id.slice(id.indexOf('/') + 1)),
    ...(deletionPolicy === undefined ? {} : { deletionPolicy }),
    ...(updateReplacePolicy === undefined ? {} : { updateReplacePolicy }),
  }
}

function tagsChanged({ previous }: Operation, { tags }: Stack): boolean {
  return previous !== undefined && !sameJson(asJson(previous.tags), asJson(tags))
}

function asJson(tags: Stack['tags']): Json {
  return tags.map(({ key, value }) => [key, value])
}

/** Takes a resource back to what it was. What was replaced only changes its record: the old one still exists. */
function beginRestore(ctx: Context, operation: Operation, step: Step): Beginning {
  const { before } = step
  invariant(before !== undefined, 'only what was there before is restored')
  const now = resources.get(ctx, resourceKey(step.stackId, step.logicalId))
  // Only the provider of a custom resource knows how to go back, also from what it made anew.
  const asked = step.did === 'updated' || isCustomResource(before.type)
  if (asked && now !== undefined) {
    const resource = resources.put(ctx, {
      ...now,
      status: 'UPDATE_IN_PROGRESS',
      updatedAtMs: ctx.now(),
    })
    announce(ctx, operation, { ...resource, properties: before.properties }, undefined)
    return begun(ctx, step)
  }
  const { statusReason: _, ...rest } = before
  const resource = resources.put(ctx, {
    ...rest,
    status: 'UPDATE_COMPLETE',
    updatedAtMs: ctx.now(),
  })
  announce(ctx, operation, resource, undefined)
  steps.put(ctx, { ...step, status: 'done' })
  return 'done'
}

function beginDelete(ctx: Context, operation: Operation, step: Step): Beginning {
  const { target } = step
  invariant(target !== undefined, 'a deletion has a target')
  const current = resources.get(ctx, resourceKey(step.stackId, step.logicalId))
  const own = current?.physicalId === target.physicalId
  const left = target.policy === 'Retain' || operation.spared.includes(step.logicalId)
  const made = target.physicalId !== ''
  const status = left && made ? 'DELETE_SKIPPED' : made ? 'DELETE_IN_PROGRESS' : 'DELETE_COMPLETE'
  resourceTransition(
    ctx,
    step.stackId,
    {
      logicalId: step.logicalId,
      physicalId: target.physicalId,
      type: target.type,
      // Recorded: events of a clean-up carry no properties.
      ...(step.phase === 'delete' || step.phase === 'rollback'
        ? { properties: target.properties }
        : {}),
    },
    { status, token: operation.token },
  )
  if (own && current !== undefined) {
    const { statusReason: _, ...rest } = current
    if (status === 'DELETE_IN_PROGRESS' || step.phase === 'delete' || step.phase === 'rollback') {
      resources.put(ctx, { ...rest, status, updatedAtMs: ctx.now() })
    } else resources.delete(ctx, resourceKey(step.stackId, step.logicalId))
  }
  if (status === 'DELETE_IN_PROGRESS') return begun(ctx, step)
  steps.put(ctx, { ...step, status: 'done' })
  return 'done'
}
