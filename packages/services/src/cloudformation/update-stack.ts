import { invariant } from '@cloud-orrery/kernel'
import { UpdateStack, type UpdateStackInput } from '@cloud-orrery/models/cloudformation'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { startOperation } from './apply/machine.ts'
import { updateOf } from './apply/stack-records.ts'
import { voidChangeSets } from './change-set-lookup.ts'
import { isRollbackDisabled } from './deployment-config.ts'
import { noUpdates, stackMissing, stackNotReady, validationError } from './errors.ts'
import { planUpdate } from './plan-update.ts'
import { prepareStack, tryTemplate } from './prepare.ts'
import { aboutStack, stackOrThrow } from './stack-lookup.ts'
import { givenPolicy } from './stack-policy.ts'
import { checkRole, givenParameters, givenTags, refuseRollbackConfiguration } from './stacks.ts'
import { type Stack, stacks, templates } from './state.ts'
import { templateText } from './template-source.ts'

export const updateStack = operation(UpdateStack, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName, input),
  provenance: 'recorded',
  refuses: ['DisableValidation'],
  async run(ctx, input) {
    refuseRollbackConfiguration(input.RollbackConfiguration)
    const found = stackOrThrow(ctx, input.StackName, stackMissing)
    const text = await updateText(ctx, found, input)
    checkUpdatable(found)
    const given = givenParameters(input.Parameters)
    const tried = await tryTemplate(ctx, text, {
      given,
      previous: found.parameters,
      stack: found,
      capabilities: input.Capabilities ?? [],
    })
    if (tried.prepared === undefined) return doomedUpdate(ctx, found, input, tried.failure)
    const { prepared } = tried
    const { parameters, graph } = await prepareStack(ctx, {
      prepared,
      given,
      previous: found.parameters,
      capabilities: input.Capabilities ?? [],
      resourceTypes: input.ResourceTypes,
      stack: found,
    })
    const policy = await givenPolicy(ctx, input.StackPolicyBody, input.StackPolicyURL)
    const duringUpdate = await givenPolicy(
      ctx,
      input.StackPolicyDuringUpdateBody,
      input.StackPolicyDuringUpdateURL,
    )
    await checkRole(ctx, input.RoleARN)
    const stack = stackOrThrow(ctx, found.stackId, stackMissing)
    checkUpdatable(stack)
    const tags = input.Tags === undefined ? stack.tags : givenTags(input.Tags)
    const plan = planUpdate(ctx, stack, { template: prepared.template, parameters, tags, graph })
    // What transforms made is only known after AWS has answered: reports of emulators that were judged by AWS.
    if (!plan.changesAnything && !prepared.transformed) throw noUpdates()
    const { changeSetId: _, ...rest } = stack
    stacks.put(ctx, { ...rest, ...(policy === undefined ? {} : { policy }) })
    const update = updateOf(ctx, stack.stackId, {
      prepared,
      parameters,
      tags,
      capabilities: input.Capabilities ?? [],
      notificationArns: input.NotificationARNs ?? stack.notificationArns,
      caller: ctx.caller,
      roleArn: input.RoleARN ?? stack.roleArn,
      token: input.ClientRequestToken,
      disableRollback: isRollbackDisabled(input) ?? false,
      retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
      policyDuringUpdate: duringUpdate,
    })
    // Source: API reference, DescribeChangeSet, `ExecutionStatus`.
    voidChangeSets(ctx, stack.stackId)
    const { id } = startOperation(ctx, update)
    return { StackId: stack.stackId, OperationId: id }
  },
})

/** An update whose transform failed: it begins, and goes back at once. */
function doomedUpdate(ctx: Context, { stackId }: Stack, input: UpdateStackInput, reason: string) {
  const stack = stackOrThrow(ctx, stackId, stackMissing)
  checkUpdatable(stack)
  const prepared = templates.get(ctx, stack.templateKey)
  invariant(prepared !== undefined, `the template of ${stackId} is gone`)
  const update = updateOf(ctx, stackId, {
    ...stack,
    prepared,
    caller: ctx.caller,
    roleArn: input.RoleARN ?? stack.roleArn,
    token: input.ClientRequestToken,
    disableRollback: isRollbackDisabled(input) ?? false,
    retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
    policyDuringUpdate: undefined,
    changeSetId: undefined,
  })
  const { id } = startOperation(ctx, { ...update, reason })
  return { StackId: stackId, OperationId: id }
}

async function updateText(ctx: Context, stack: Stack, input: UpdateStackInput): Promise<string> {
  if (input.UsePreviousTemplate === true) {
    if (input.TemplateBody !== undefined || input.TemplateURL !== undefined) {
      throw validationError(
        'UsePreviousTemplate cannot be true when a TemplateBody or TemplateURL is specified.',
      )
    }
    return originalTemplate(ctx, stack)
  }
  const text = await templateText(ctx, input)
  // Recorded: test_no_template_error.
  if (text === undefined) {
    throw validationError('Either Template URL or Template Body must be specified.')
  }
  return text
}

export function originalTemplate(ctx: Context, stack: Stack): string {
  const record = templates.get(ctx, stack.templateKey)
  invariant(record !== undefined, `the template of ${stack.stackId} is gone`)
  return record.original
}

const updatable = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
  // With their rollback disabled these two can be tried again.
  'CREATE_FAILED',
  'UPDATE_FAILED',
])

export function checkUpdatable(stack: Stack): void {
  if (!updatable.has(stack.status)) throw stackNotReady(stack.stackId, stack.status)
}
