import { invariant } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import type { ParameterValue } from '../engine/parameters.ts'
import { exportInUse, stackNotReady, terminationProtected, validationError } from '../errors.ts'
import type { PreparedTemplate } from '../prepare.ts'
import { exports, resources, type Stack, stacks, type Tag, templates } from '../state.ts'
import { importersOf } from './exports.ts'
import { stackTransition } from './journal-events.ts'
import type { NewOperation } from './operation.ts'

/** What a stack's record and events say when an operation begins; the machine does the rest. */

export function storeTemplate(ctx: Context, stackId: string, prepared: PreparedTemplate): string {
  const key = `${stackId}#${ctx.ids.hex(8)}`
  templates.put(ctx, { ...prepared, key })
  return key
}

export interface CreationRequest {
  readonly ClientRequestToken?: string | undefined
  readonly OnFailure?: string | undefined
}

/** The creation of a stack whose record is written. */
export function creationOf(ctx: Context, stack: Stack, request: CreationRequest): NewOperation {
  const token = request.ClientRequestToken
  stackTransition(ctx, stack.stackId, {
    status: 'CREATE_IN_PROGRESS',
    reason: 'User Initiated',
    token,
  })
  return {
    stackId: stack.stackId,
    kind: 'CREATE',
    ...(token === undefined ? {} : { token }),
    onFailure: failureMode(request.OnFailure, stack.disableRollback),
    spared: [],
    retainExceptOnCreate: stack.retainExceptOnCreate,
  }
}

function failureMode(onFailure: string | undefined, disableRollback: boolean) {
  if (onFailure === 'DELETE' || onFailure === 'DO_NOTHING' || onFailure === 'ROLLBACK') {
    return onFailure
  }
  return disableRollback ? 'DO_NOTHING' : 'ROLLBACK'
}

export interface Update {
  readonly prepared: PreparedTemplate
  readonly parameters: readonly ParameterValue[]
  readonly tags: readonly Tag[]
  readonly capabilities: readonly string[]
  readonly notificationArns: readonly string[]
  readonly caller: Stack['caller']
  readonly roleArn: string | undefined
  readonly token: string | undefined
  readonly disableRollback: boolean
  readonly retainExceptOnCreate: boolean
  readonly policyDuringUpdate?: string | undefined
  readonly changeSetId?: string | undefined
}

/** An update that was planned and allowed. */
export function updateOf(ctx: Context, stackId: string, update: Update): NewOperation {
  const stack = stacks.get(ctx, stackId)
  invariant(stack !== undefined, `stack ${stackId} is gone`)
  const { description: oldDescription, roleArn: oldRole, changeSetId: _, ...rest } = stack
  const { description } = update.prepared.template
  stacks.put(ctx, {
    ...rest,
    ...(description === undefined ? {} : { description }),
    ...(update.roleArn === undefined ? {} : { roleArn: update.roleArn }),
    ...(update.changeSetId === undefined ? {} : { changeSetId: update.changeSetId }),
    templateKey: storeTemplate(ctx, stackId, update.prepared),
    parameters: update.parameters,
    tags: update.tags,
    capabilities: update.capabilities,
    notificationArns: update.notificationArns,
    caller: update.caller,
    disableRollback: update.disableRollback,
    updatedAtMs: ctx.now(),
  })
  stackTransition(ctx, stackId, {
    status: 'UPDATE_IN_PROGRESS',
    reason: 'User Initiated',
    token: update.token,
  })
  return {
    stackId,
    kind: 'UPDATE',
    ...(update.token === undefined ? {} : { token: update.token }),
    onFailure: update.disableRollback ? 'DO_NOTHING' : 'ROLLBACK',
    spared: [],
    retainExceptOnCreate: update.retainExceptOnCreate,
    ...(update.policyDuringUpdate === undefined
      ? {}
      : { policyDuringUpdate: update.policyDuringUpdate }),
    previous: {
      templateKey: stack.templateKey,
      parameters: stack.parameters,
      tags: stack.tags,
      capabilities: stack.capabilities,
      notificationArns: stack.notificationArns,
      outputs: stack.outputs,
      ...(oldDescription === undefined ? {} : { description: oldDescription }),
      ...(oldRole === undefined ? {} : { roleArn: oldRole }),
    },
  }
}

export interface DeletionRequest {
  readonly RetainResources?: readonly string[] | undefined
  readonly DeletionMode?: string | undefined
  readonly RoleARN?: string | undefined
  readonly ClientRequestToken?: string | undefined
}

/** A deletion. Throws where the stack is protected, busy, or exports what others import. */
export function deletionOf(
  ctx: Context,
  stack: Stack,
  caller: Stack['caller'],
  request: DeletionRequest,
): NewOperation {
  const { stackId, status } = stack
  if (stack.terminationProtection) throw terminationProtected(stack.name)
  if (status.endsWith('_IN_PROGRESS') && !/^(CREATE|REVIEW)_/.test(status)) {
    throw stackNotReady(stackId, status, 'deleted')
  }
  const spared = sparedResources(ctx, stack, request)
  for (const { name } of exports.where(ctx, 'stack', stackId)) {
    const [importer] = importersOf(ctx, name)
    if (importer !== undefined) throw exportInUse(name, importer, 'deleted')
  }
  const token = request.ClientRequestToken
  stackTransition(
    ctx,
    stackId,
    { status: 'DELETE_IN_PROGRESS', reason: 'User Initiated', token },
    {
      caller,
      deletedAtMs: ctx.now(),
      ...(request.RoleARN === undefined ? {} : { roleArn: request.RoleARN }),
    },
  )
  return {
    stackId,
    kind: 'DELETE',
    ...(token === undefined ? {} : { token }),
    onFailure: 'DO_NOTHING',
    spared,
    retainExceptOnCreate: false,
  }
}

/** What a deletion leaves in place: the named resources, or all that could not be deleted before. */
function sparedResources(
  ctx: Context,
  { stackId, status }: Stack,
  { RetainResources = [], DeletionMode }: DeletionRequest,
): readonly string[] {
  const forced = DeletionMode === 'FORCE_DELETE_STACK'
  if ((forced || RetainResources.length > 0) && status !== 'DELETE_FAILED') {
    const member = forced ? 'DeletionMode FORCE_DELETE_STACK' : 'RetainResources'
    throw validationError(
      `Invalid operation on stack [${stackId}]. ${member} can only be specified for stacks in the DELETE_FAILED state.`,
    )
  }
  if (!forced) return RetainResources
  // Deviation: AWS tries to delete them once more first.
  return [...resources.where(ctx, 'stack', stackId)]
    .filter((resource) => resource.status === 'DELETE_FAILED')
    .map(({ logicalId }) => logicalId)
}
