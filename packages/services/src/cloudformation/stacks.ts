import { AwsError } from '@cloud-orrery/models'
import {
  CreateStack,
  type CreateStackInput,
  DeleteStack,
  UpdateTerminationProtection,
} from '@cloud-orrery/models/cloudformation'
import { AssumeRole } from '@cloud-orrery/models/sts'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { startOperation } from './apply/machine.ts'
import { type Operation, operations } from './apply/operation.ts'
import { creationOf, deletionOf, storeTemplate } from './apply/stack-records.ts'
import { voidChangeSets } from './change-set-lookup.ts'
import { isRollbackDisabled } from './deployment-config.ts'
import type { GivenParameter } from './engine/parameters.ts'
import {
  limitExceeded,
  roleNotAssumable,
  stackExists,
  stackNotReady,
  stackWithIdMissing,
  validationError,
} from './errors.ts'
import { stacksMax, tagsMax } from './limits.ts'
import { failedTemplate, prepareStack, tryTemplate } from './prepare.ts'
import { aboutStack, findStack, newStackArn, requestKeys, stackOrThrow } from './stack-lookup.ts'
import { givenPolicy } from './stack-policy.ts'
import { livingStacks, type Stack, stacks, type Tag } from './state.ts'
import { templateText } from './template-source.ts'

export const createStack = operation(CreateStack, {
  authorize: (input, ctx) => ({
    resource: newStackArn(ctx, input.StackName, '*'),
    context: requestKeys(input),
  }),
  provenance: 'recorded',
  refuses: ['DisableValidation'],
  async run(ctx, input) {
    refuseRollbackConfiguration(input.RollbackConfiguration)
    const repeated = sameRequest(ctx, input)
    if (repeated !== undefined) return { StackId: repeated.stackId, OperationId: repeated.id }
    refuseExisting(ctx, input.StackName)
    const text = await templateText(ctx, input)
    if (text === undefined) {
      throw validationError('Either Template URL or Template Body must be specified.')
    }
    const given = givenParameters(input.Parameters)
    // AWS fills a stack that has only change sets yet, and calls those obsolete.
    const reviewed = findStack(ctx, input.StackName)
    const stackId = reviewed?.stackId ?? newStackArn(ctx, input.StackName, ctx.ids.uuid())
    const request = {
      stackId,
      name: input.StackName,
      notificationArns: input.NotificationARNs ?? [],
    }
    const capabilities = input.Capabilities ?? []
    const tried = await tryTemplate(ctx, text, { given, stack: request, capabilities })
    const prepared = tried.prepared ?? failedTemplate(text)
    const { parameters } =
      tried.prepared === undefined
        ? { parameters: [] }
        : await prepareStack(ctx, {
            prepared,
            given,
            capabilities,
            resourceTypes: input.ResourceTypes,
            stack: request,
          })
    const policy = await givenPolicy(ctx, input.StackPolicyBody, input.StackPolicyURL)
    await checkRole(ctx, input.RoleARN)
    // From here on nothing waits: the checks that another request could have overtaken are made again.
    refuseExisting(ctx, input.StackName)
    voidChangeSets(ctx, stackId)
    const stack = stacks.put(ctx, {
      ...newStack(ctx, stackId, input),
      status: 'CREATE_IN_PROGRESS',
      templateKey: storeTemplate(ctx, stackId, prepared),
      parameters,
      capabilities,
      ...(prepared.template.description === undefined
        ? {}
        : { description: prepared.template.description }),
      ...(policy === undefined ? {} : { policy }),
    })
    const creation = creationOf(ctx, stack, input)
    const { id } = startOperation(
      ctx,
      'failure' in tried ? { ...creation, reason: tried.failure } : creation,
    )
    return { StackId: stackId, OperationId: id }
  },
})

/** Source: API reference, CreateStack, `DisableRollback` and `OnFailure`. */
function newStack(
  ctx: Context,
  stackId: string,
  input: CreateStackInput,
): Omit<Stack, 'status' | 'templateKey' | 'parameters' | 'capabilities'> {
  if (input.DisableRollback !== undefined && input.OnFailure !== undefined) {
    throw validationError('You can specify either DisableRollback or OnFailure, but not both.')
  }
  const reviewed = stacks.get(ctx, stackId)
  return {
    stackId,
    name: input.StackName,
    createdAtMs: reviewed?.createdAtMs ?? ctx.now(),
    caller: ctx.caller,
    tags: givenTags(input.Tags),
    notificationArns: input.NotificationARNs ?? [],
    disableRollback: isRollbackDisabled(input) ?? input.OnFailure === 'DO_NOTHING',
    retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
    terminationProtection: input.EnableTerminationProtection ?? false,
    outputs: [],
    driftStatus: 'NOT_CHECKED',
    eventCount: reviewed?.eventCount ?? 0,
    ...(input.RoleARN === undefined ? {} : { roleArn: input.RoleARN }),
    ...(input.TimeoutInMinutes === undefined ? {} : { timeoutMinutes: input.TimeoutInMinutes }),
  }
}

/** The same request again, by its token: the answer is the same. */
function sameRequest(
  ctx: Context,
  { StackName, ClientRequestToken }: CreateStackInput,
): Operation | undefined {
  const stack = findStack(ctx, StackName)
  if (stack === undefined || ClientRequestToken === undefined) return undefined
  const last = operations.get(ctx, stack.stackId)
  return last?.kind === 'CREATE' && last.token === ClientRequestToken ? last : undefined
}

function refuseExisting(ctx: Context, name: string): void {
  const found = findStack(ctx, name)
  if (found !== undefined && found.status !== 'REVIEW_IN_PROGRESS') throw stackExists(name)
  if (stacks.count(ctx) >= stacksMax && livingStacks(ctx).length >= stacksMax) {
    throw limitExceeded(`Limit for stack has been exceeded: ${stacksMax}`)
  }
}

export function givenParameters(
  parameters: CreateStackInput['Parameters'] = [],
): readonly GivenParameter[] {
  return parameters.map(({ ParameterKey = '', ParameterValue, UsePreviousValue }) => ({
    key: ParameterKey,
    ...(ParameterValue === undefined ? {} : { value: ParameterValue }),
    ...(UsePreviousValue === undefined ? {} : { usePrevious: UsePreviousValue }),
  }))
}

export function givenTags(tags: CreateStackInput['Tags'] = []): readonly Tag[] {
  if (tags.length > tagsMax) throw validationError(`Number of tags exceeded ${tagsMax}`)
  const seen = new Set<string>()
  return tags.map(({ Key, Value }) => {
    if (Key.startsWith('aws:')) throw validationError('Tag keys cannot start with aws:')
    if (seen.has(Key)) throw validationError(`Duplicate tag key ${Key}`)
    seen.add(Key)
    return { key: Key, value: Value }
  })
}

/** Alarms that roll a stack back are CloudWatch's, which the model does not have. */
export function refuseRollbackConfiguration(
  configuration: CreateStackInput['RollbackConfiguration'],
): void {
  if ((configuration?.RollbackTriggers ?? []).length > 0) throw notModelled('rollback triggers')
  if ((configuration?.MonitoringTimeInMinutes ?? 0) > 0) {
    throw notModelled('the monitoring time of rollback triggers')
  }
}

/** A stack's role: the caller may pass it, and CloudFormation may assume it. */
export async function checkRole(ctx: Context, roleArn: string | undefined): Promise<void> {
  if (roleArn === undefined) return
  ctx.authorize('iam:PassRole', roleArn, {
    context: { 'iam:PassedToService': 'cloudformation.amazonaws.com' },
  })
  try {
    await ctx.call(
      AssumeRole,
      { RoleArn: roleArn, RoleSessionName: 'AWSCloudFormation' },
      { as: 'cloudformation.amazonaws.com' },
    )
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw roleNotAssumable(roleArn)
  }
}

export const deleteStack = operation(DeleteStack, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName, { RoleARN: input.RoleARN }),
  provenance: 'recorded',
  async run(ctx, input) {
    await checkRole(ctx, input.RoleARN)
    const stack = findStack(ctx, input.StackName)
    // AWS answers a deletion of what is not there, or on its way out, with success.
    if (stack === undefined || /^DELETE_(IN_PROGRESS|COMPLETE)$/.test(stack.status)) return {}
    startOperation(ctx, deletionOf(ctx, stack, ctx.caller, input))
    return {}
  },
})

export const updateTerminationProtection = operation(UpdateTerminationProtection, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'recorded',
  run(ctx, { StackName, EnableTerminationProtection }) {
    const stack = stackOrThrow(ctx, StackName, stackWithIdMissing)
    if (stack.parentId !== undefined) {
      throw validationError(
        'TerminationProtection cannot be changed on a nested stack. Change it on the root stack.',
      )
    }
    if (/^DELETE_(IN_PROGRESS|COMPLETE)$/.test(stack.status)) {
      throw stackNotReady(stack.stackId, stack.status)
    }
    stacks.update(ctx, stack.stackId, { terminationProtection: EnableTerminationProtection })
    return { StackId: stack.stackId }
  },
})
