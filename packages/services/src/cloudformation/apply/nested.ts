import { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../context.ts'
import { isList, isObject, type Json, type JsonObject, scalarText } from '../engine/json.ts'
import type { GivenParameter } from '../engine/parameters.ts'
import { nestedStackType } from '../engine/resource-types.ts'
import { validationError } from '../errors.ts'
import { nestingDepthMax } from '../limits.ts'
import { planUpdate } from '../plan-update.ts'
import { prepareStack, prepareTemplate } from '../prepare.ts'
import { resources, type Stack, stacks, type Tag } from '../state.ts'
import { templateText } from '../template-source.ts'
import { resourceTransition } from './journal-events.ts'
import { type Operation, operations, type Step, stepKey, steps } from './operation.ts'
import { cleanup, type NextPhase, rollback } from './phases.ts'
import { livingResources } from './plan.ts'
import { cancelRunning } from './progress.ts'
import { deployerOf } from './resource-context.ts'
import { creationOf, deletionOf, storeTemplate, updateOf } from './stack-records.ts'
import { currentResource, failNow, readyProperties, type WorkOutcome } from './work.ts'

/** A stack that is a resource of another one. It works on its own; the parent's step waits for it. */

/** Does a step's work on a nested stack. */
export async function workOnChild(
  ctx: Context,
  operation: Operation,
  step: Step,
  parent: Stack,
): Promise<WorkOutcome> {
  try {
    if (step.work === 'delete') return deleteChild(ctx, step, parent)
    if (step.work === 'restore') return restoreChild(ctx, step)
    return await makeChild(ctx, operation, step, parent)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (steps.get(ctx, stepKey(step.stackId, step.id))?.status !== 'begun') {
      return { kind: 'overtaken' }
    }
    failNow(ctx, operation, step, error.message)
    return { kind: 'failed' }
  }
}

async function makeChild(
  ctx: Context,
  operation: Operation,
  step: Step,
  parent: Stack,
): Promise<WorkOutcome> {
  const wanted = currentResource(ctx, step).properties
  const properties = await readyProperties(ctx, operation, step, parent, wanted)
  if (properties === undefined) return { kind: 'failed' }
  const as = deployerOf(parent)
  const text = await templateText(ctx, { TemplateURL: textOf(properties['TemplateURL']) }, as)
  if (text === undefined) throw validationError('TemplateURL must be specified.')
  const given = givenParameters(properties['Parameters'])
  const physicalId = currentResource(ctx, step).physicalId
  const old = step.did === 'created' ? undefined : stacks.get(ctx, physicalId)
  const child = old ?? newChild(ctx, step, parent, properties)
  const previous = old?.parameters
  const prepared = await prepareTemplate(ctx, text, { given, previous, stack: child, as })
  const { parameters, graph } = await prepareStack(ctx, {
    prepared,
    given,
    ...(old === undefined ? {} : { previous: old.parameters }),
    capabilities: parent.capabilities,
    stack: child,
    as,
  })
  if (steps.get(ctx, stepKey(step.stackId, step.id))?.status !== 'begun') {
    return { kind: 'overtaken' }
  }
  const tags = childTags(parent, properties)
  if (old !== undefined) {
    const plan = planUpdate(ctx, old, { template: prepared.template, parameters, tags, graph })
    if (!plan.changesAnything) return { kind: 'initiated', durationMs: 0 }
    const update = updateOf(ctx, old.stackId, {
      prepared,
      parameters,
      tags,
      capabilities: parent.capabilities,
      notificationArns: old.notificationArns,
      caller: parent.caller,
      roleArn: parent.roleArn,
      token: operation.token,
      disableRollback: false,
      retainExceptOnCreate: operation.retainExceptOnCreate,
    })
    return { kind: 'child', operation: { ...update, nested: true } }
  }
  const { description } = prepared.template
  const stack = stacks.put(ctx, {
    ...child,
    templateKey: storeTemplate(ctx, child.stackId, prepared),
    parameters,
    tags,
    ...(description === undefined ? {} : { description }),
  })
  const made = resources.put(ctx, {
    ...currentResource(ctx, step),
    physicalId: stack.stackId,
    statusReason: 'Resource creation Initiated',
    updatedAtMs: ctx.now(),
  })
  resourceTransition(ctx, parent.stackId, made, {
    status: 'CREATE_IN_PROGRESS',
    reason: 'Resource creation Initiated',
    token: operation.token,
  })
  const creation = creationOf(ctx, stack, { ClientRequestToken: operation.token })
  return { kind: 'child', operation: { ...creation, nested: true } }
}

const suffixAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

function newChild(ctx: Context, step: Step, parent: Stack, properties: JsonObject): Stack {
  if (depthOf(ctx, parent) >= nestingDepthMax) {
    throw validationError(`Orrery nests stacks at most ${nestingDepthMax} deep.`)
  }
  const name = `${parent.name}-${step.logicalId}-${ctx.ids.from(suffixAlphabet, 12)}`
  const { partition, region, accountId } = ctx
  const timeout = Number(textOf(properties['TimeoutInMinutes']) ?? '')
  return {
    stackId: `arn:${partition}:cloudformation:${region}:${accountId}:stack/${name}/${ctx.ids.uuid()}`,
    name,
    createdAtMs: ctx.now(),
    status: 'CREATE_IN_PROGRESS',
    templateKey: '',
    parameters: [],
    tags: [],
    capabilities: parent.capabilities,
    notificationArns: texts(properties['NotificationARNs']) ?? parent.notificationArns,
    caller: parent.caller,
    disableRollback: false,
    retainExceptOnCreate: parent.retainExceptOnCreate,
    terminationProtection: false,
    outputs: [],
    driftStatus: 'NOT_CHECKED',
    eventCount: 0,
    parentId: parent.stackId,
    rootId: parent.rootId ?? parent.stackId,
    parentLogicalId: step.logicalId,
    ...(parent.roleArn === undefined ? {} : { roleArn: parent.roleArn }),
    ...(timeout > 0 ? { timeoutMinutes: timeout } : {}),
  }
}

function depthOf(ctx: Context, stack: Stack): number {
  let depth = 0
  for (
    let at: Stack | undefined = stack;
    at?.parentId !== undefined;
    at = stacks.get(ctx, at.parentId)
  ) {
    depth += 1
  }
  return depth
}

function givenParameters(value: Json | undefined): readonly GivenParameter[] {
  if (!isObject(value ?? null)) return []
  return Object.entries(value as JsonObject).map(([key, item]) => ({
    key,
    value: isList(item)
      ? item.map((each) => scalarText(each) ?? '').join(',')
      : (textOf(item) ?? ''),
  }))
}

/** The nested stack's own tags, and those of its parent that it does not set. */
function childTags(parent: Stack, properties: JsonObject): readonly Tag[] {
  const own = isList(properties['Tags']) ? properties['Tags'] : []
  const tags = own.flatMap((tag) =>
    isObject(tag) ? [{ key: textOf(tag['Key']) ?? '', value: textOf(tag['Value']) ?? '' }] : [],
  )
  return [...tags, ...parent.tags.filter(({ key }) => !tags.some((tag) => tag.key === key))]
}

function textOf(value: Json | undefined): string | undefined {
  return scalarText(value)
}

function texts(value: Json | undefined): readonly string[] | undefined {
  return isList(value) ? value.map((item) => scalarText(item) ?? '') : undefined
}

function restoreChild(ctx: Context, step: Step): WorkOutcome {
  const child = stacks.get(ctx, currentResource(ctx, step).physicalId)
  const operation = child && operations.get(ctx, child.stackId)
  if (child?.status === 'UPDATE_ROLLBACK_IN_PROGRESS') return { kind: 'child' }
  if (child?.status === 'UPDATE_IN_PROGRESS' && operation !== undefined) {
    const stopped = operations.put(ctx, { ...operation, reason: 'Resource update cancelled' })
    cancelRunning(ctx, stopped)
    return { kind: 'child', phase: rollback(ctx, stopped, undefined) }
  }
  if (child?.status !== 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' || operation === undefined) {
    return { kind: 'initiated', durationMs: 0 }
  }
  return { kind: 'child', phase: rollback(ctx, operation, undefined) }
}

function deleteChild(ctx: Context, step: Step, parent: Stack): WorkOutcome {
  const child = stacks.get(ctx, step.target?.physicalId ?? '')
  if (child === undefined || child.status === 'DELETE_COMPLETE') {
    return { kind: 'initiated', durationMs: 0 }
  }
  const unprotected = stacks.update(ctx, child.stackId, { terminationProtection: false })
  const deletion = deletionOf(ctx, unprotected, parent.caller, {})
  return { kind: 'child', operation: { ...deletion, nested: true } }
}

/** What a nested stack's status means for the step that waits for it. A failure is noted here. */
export function childOutcome(
  ctx: Context,
  operation: Operation,
  step: Step,
): 'done' | 'failed' | undefined {
  const physicalId = step.target?.physicalId ?? currentResource(ctx, step).physicalId
  const child = stacks.get(ctx, physicalId)
  if (child === undefined) return undefined
  const reason = child.statusReason ?? ''
  switch (child.status) {
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS':
    case 'UPDATE_COMPLETE':
      if (step.work === 'restore' || step.work === 'delete') return undefined
      keepOutputs(ctx, step, child)
      return 'done'
    case 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS':
    case 'UPDATE_ROLLBACK_COMPLETE':
      return step.work === 'restore' ? 'done' : undefined
    case 'DELETE_COMPLETE':
      return step.work === 'delete' ? 'done' : undefined
    case 'CREATE_FAILED':
      failNow(
        ctx,
        operation,
        step,
        `Embedded stack ${physicalId} was not successfully created: ${reason}`,
      )
      return 'failed'
    case 'UPDATE_ROLLBACK_IN_PROGRESS':
      if (step.work !== 'update') return undefined
      failNow(
        ctx,
        operation,
        step,
        `Embedded stack ${physicalId} was not successfully updated. Currently in ${child.status} with reason: ${reason}`,
      )
      return 'failed'
    case 'UPDATE_ROLLBACK_FAILED':
    case 'DELETE_FAILED': {
      const verb = child.status === 'DELETE_FAILED' ? 'deleted' : 'updated'
      failNow(
        ctx,
        operation,
        step,
        `Embedded stack ${physicalId} was not successfully ${verb}: ${reason}`,
      )
      return 'failed'
    }
    default:
      return undefined
  }
}

/** A nested stack's outputs are its attributes. */
function keepOutputs(ctx: Context, step: Step, child: Stack): void {
  const outputs = Object.fromEntries(
    child.outputs.map(({ key, value }) => [`Outputs.${key}`, value]),
  )
  resources.put(ctx, { ...currentResource(ctx, step), state: outputs })
}

/** Clean-ups that nested stacks put off until the update of their root has succeeded. */
export function childCleanups(ctx: Context, operation: Operation): readonly NextPhase[] {
  const phases: NextPhase[] = []
  for (const { type, physicalId } of livingResources(ctx, operation.stackId)) {
    if (type !== nestedStackType) continue
    const child = stacks.get(ctx, physicalId)
    const own = operations.get(ctx, physicalId)
    if (child?.status !== 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' || own === undefined) continue
    phases.push(cleanup(ctx, own, child), ...childCleanups(ctx, own))
  }
  return phases
}
