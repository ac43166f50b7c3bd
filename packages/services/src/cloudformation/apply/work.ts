import { invariant } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import type { ResourceHandler } from '../../define.ts'
import type { Json, JsonObject } from '../engine/json.ts'
import { typedProperties, validationReason } from '../engine/property-validation.ts'
import { physicalIdOf, schemaOf } from '../engine/resource-types.ts'
import { resourceDurationMs } from '../limits.ts'
import { resourceKey, resources, type Stack, type StackResource } from '../state.ts'
import { resolveDynamicReferences } from './dynamic-references.ts'
import { resourceTransition } from './journal-events.ts'
import { type NewOperation, type Operation, type Step, stepKey, steps } from './operation.ts'
import type { NextPhase } from './phases.ts'
import { failStep } from './progress.ts'
import { failureReason } from './reasons.ts'
import { DeployerContext } from './resource-context.ts'

/** How the call of a handler ended. */
export type WorkOutcome =
  /** AWS would be busy for so long. */
  | {
      readonly kind: 'initiated'
      readonly durationMs: number
      /** The resource is asked whether it is ready, once that time is over. */
      readonly settles?: boolean
    }
  /** The resource has failed and said so. */
  | { readonly kind: 'failed' }
  /** A nested stack is at work; it tells when it has ended. */
  | {
      readonly kind: 'child'
      readonly operation?: NewOperation
      readonly phase?: NextPhase
    }
  /** Someone outside is at work, and tells when it is done; `limitMs` from now it is too late. */
  | { readonly kind: 'outside'; readonly limitMs: number }
  /** Cancelled while the handler was called. */
  | { readonly kind: 'overtaken' }

/** Calls a resource's handler for a step that has begun. */
export async function doWork(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
): Promise<WorkOutcome> {
  try {
    return await callHandler(ctx, operation, step, stack)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const now = steps.get(ctx, stepKey(step.stackId, step.id))
    if (now?.status !== 'begun') return { kind: 'overtaken' }
    failWork(ctx, operation, now, error)
    return { kind: 'failed' }
  }
}

/** The resource of a step is ready: its last event, and its record. */
export function completeStep(ctx: Context, operation: Operation, step: Step): void {
  const { target } = step
  if (step.work === 'delete') {
    invariant(target !== undefined, 'a deletion has a target')
    completeDeletion(ctx, operation, step, target.physicalId)
    return
  }
  const resource = currentResource(ctx, step)
  const verb = step.did === 'created' ? 'CREATE' : 'UPDATE'
  const { statusReason: _, ...rest } = resource
  const done = resources.put(ctx, { ...rest, status: `${verb}_COMPLETE`, updatedAtMs: ctx.now() })
  resourceTransition(ctx, step.stackId, done, { status: done.status, token: operation.token })
}

function completeDeletion(
  ctx: Context,
  operation: Operation,
  step: Step,
  physicalId: string,
): void {
  const { target } = step
  invariant(target !== undefined, 'a deletion has a target')
  const key = resourceKey(step.stackId, step.logicalId)
  const resource = resources.get(ctx, key)
  const kept = step.phase === 'delete' || step.phase === 'rollback'
  resourceTransition(
    ctx,
    step.stackId,
    {
      logicalId: step.logicalId,
      physicalId,
      type: target.type,
      ...(kept ? { properties: target.properties } : {}),
    },
    { status: 'DELETE_COMPLETE', token: operation.token },
  )
  if (resource?.physicalId === physicalId) {
    if (kept) resources.put(ctx, { ...resource, status: 'DELETE_COMPLETE', updatedAtMs: ctx.now() })
    else resources.delete(ctx, key)
  }
}

async function callHandler(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
): Promise<WorkOutcome> {
  const type = step.target?.type ?? currentResource(ctx, step).type
  const handler = await ctx.resourceHandler(type)
  invariant(handler !== undefined, `no handler of ${type}`)
  switch (step.work) {
    case 'create':
    case 'update':
      if (step.did !== 'updated') return await createResource(ctx, operation, step, stack, handler)
      if (handler.update !== undefined)
        return await updateResource(ctx, operation, step, stack, handler)
      // Nothing of this type changes in place, so its handler only makes new ones.
      return await createResource(
        ctx,
        operation,
        steps.put(ctx, { ...step, did: 'replaced' }),
        stack,
        handler,
      )
    case 'restore':
      return await updateResource(ctx, operation, step, stack, handler)
    case 'delete':
      return await deleteResource(ctx, operation, step, stack, handler)
  }
}

async function createResource(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
  handler: ResourceHandler,
): Promise<WorkOutcome> {
  const properties = await readyProperties(
    ctx,
    operation,
    step,
    stack,
    currentResource(ctx, step).properties,
  )
  if (properties === undefined) return { kind: 'failed' }
  const note = (given: object): StackResource => {
    const state = plainState(given)
    const resource = currentResource(ctx, step)
    const physicalId = physicalIdOf(resource.type, state, properties)
    return resources.put(ctx, { ...resource, physicalId, state, updatedAtMs: ctx.now() })
  }
  const { requestToken } = operation
  const rctx = new DeployerContext(ctx, stack, step.logicalId, requestToken, note)
  const made = note(await handler.create(rctx, properties))
  if (steps.get(ctx, stepKey(step.stackId, step.id))?.status !== 'begun')
    return { kind: 'overtaken' }
  const status = step.did === 'created' ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS'
  resourceTransition(ctx, step.stackId, made, {
    status,
    reason: 'Resource creation Initiated',
    token: operation.token,
  })
  resources.put(ctx, { ...made, statusReason: 'Resource creation Initiated' })
  return initiated(handler.durationMs?.create, handler.isReady !== undefined)
}

async function updateResource(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
  handler: ResourceHandler,
): Promise<WorkOutcome> {
  const { before } = step
  const now = currentResource(ctx, step)
  invariant(before !== undefined && handler.update !== undefined, `${now.type} can not be updated`)
  const restoring = step.work === 'restore'
  const wanted = restoring ? before.properties : now.properties
  const previous = restoring ? (step.attempted ?? now.properties) : before.properties
  const properties = await readyProperties(ctx, operation, step, stack, wanted)
  if (properties === undefined) return { kind: 'failed' }
  const rctx = new DeployerContext(ctx, stack, step.logicalId, operation.requestToken)
  const schema = schemaOf(now.type)
  const old = schema === undefined ? previous : typedProperties(schema, previous)
  const state = plainState(await handler.update(rctx, properties, old, before.state ?? {}))
  const resource = currentResource(ctx, step)
  const { physicalId } = resource
  if (restoring) {
    const { statusReason: _, ...rest } = before
    resources.put(ctx, {
      ...rest,
      physicalId,
      state,
      status: resource.status,
      updatedAtMs: ctx.now(),
    })
  } else resources.put(ctx, { ...resource, state, updatedAtMs: ctx.now() })
  if (steps.get(ctx, stepKey(step.stackId, step.id))?.status !== 'begun')
    return { kind: 'overtaken' }
  return initiated(handler.durationMs?.update)
}

async function deleteResource(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
  handler: ResourceHandler,
): Promise<WorkOutcome> {
  const { target } = step
  invariant(target !== undefined, 'a deletion has a target')
  const rctx = new DeployerContext(ctx, stack, step.logicalId, operation.requestToken)
  const schema = schemaOf(target.type)
  const properties =
    schema === undefined ? target.properties : typedProperties(schema, target.properties)
  try {
    await handler.delete(rctx, target.state ?? {}, properties)
  } catch (error) {
    // A resource that someone else deleted is gone, which is what was asked.
    if (!(error instanceof AwsError) || !isGone(error)) throw error
  }
  return initiated(handler.durationMs?.delete)
}

function isGone({ code, status }: AwsError): boolean {
  return status === 404 || /NotFound|NoSuch|NonExistent|DoesNotExist/.test(code)
}

/** Validates against the schema and resolves dynamic references. Undefined: the step has failed. */
export async function readyProperties(
  ctx: Context,
  operation: Operation,
  step: Step,
  stack: Stack,
  properties: JsonObject,
): Promise<JsonObject | undefined> {
  const resource = currentResource(ctx, step)
  const schema = schemaOf(resource.type)
  try {
    const resolved = await resolveDynamicReferences(ctx, stack, properties)
    if (schema === undefined) return resolved
    const reason = validationReason(schema, step.logicalId, resolved, properties)
    if (reason === undefined) return typedProperties(schema, resolved)
    failNow(ctx, operation, step, reason)
    return undefined
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    failNow(ctx, operation, step, error.message)
    return undefined
  }
}

function initiated(durationMs = resourceDurationMs, settles = false): WorkOutcome {
  return { kind: 'initiated', durationMs, settles }
}

function failWork(ctx: Context, operation: Operation, step: Step, error: AwsError): void {
  const resource = step.target ?? currentResource(ctx, step)
  const identifier = resource.physicalId || givenName(resource.type, resource.properties)
  const owner = [...resources.where(ctx, 'physicalId', identifier)].find(
    (other) => other.type === resource.type && other.stackId !== step.stackId,
  )
  const reason = failureReason({
    type: resource.type,
    error,
    identifier,
    requestToken: operation.requestToken,
    requestId: ctx.ids.uuid(),
    ownerStackId: owner?.stackId,
  })
  failNow(ctx, operation, step, reason)
}

/** Marks what a step works on as failed, with its event. */
export function failNow(ctx: Context, operation: Operation, step: Step, reason: string): void {
  const { target } = step
  if (step.work === 'delete' && target !== undefined) {
    const resource = resources.get(ctx, resourceKey(step.stackId, step.logicalId))
    const facts = { status: 'DELETE_FAILED', reason, token: operation.token }
    resourceTransition(ctx, step.stackId, { logicalId: step.logicalId, ...target }, facts)
    if (resource?.physicalId === target.physicalId) {
      resources.put(ctx, {
        ...resource,
        status: 'DELETE_FAILED',
        statusReason: reason,
        updatedAtMs: ctx.now(),
      })
    }
  } else {
    failStep(ctx, operation, step, reason)
  }
}

/** The name that a template gives: the identifier's own property, or one that ends in `Name`. */
function givenName(type: string, properties: JsonObject): string {
  const names = [
    ...(schemaOf(type)?.primaryIdentifier ?? []),
    `${type.slice(type.lastIndexOf(':') + 1)}Name`,
    'Name',
  ]
  for (const name of names) {
    const value: Json | undefined = properties[name]
    if (typeof value === 'string') return value
  }
  return ''
}

export function currentResource(ctx: Context, step: Step): StackResource {
  const resource = resources.get(ctx, resourceKey(step.stackId, step.logicalId))
  invariant(resource !== undefined, `no resource ${step.logicalId}`)
  return resource
}

/** Handlers leave members out by `undefined`; records are plain JSON. */
function plainState(state: object): JsonObject {
  return JSON.parse(JSON.stringify(state)) as JsonObject
}
