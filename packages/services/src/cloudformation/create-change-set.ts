import { AwsError } from '@cloud-orrery/models'
import { CreateChangeSet, type CreateChangeSetInput } from '@cloud-orrery/models/cloudformation'
import type { Context } from '../context.ts'
import { operation, task } from '../define.ts'
import { stackTransition } from './apply/journal-events.ts'
import { storeTemplate } from './apply/stack-records.ts'
import { identityOf, plannedEnvironment } from './apply/values.ts'
import { findChangeSet, isExecuted } from './change-set-lookup.ts'
import { dependencyGraph } from './engine/graph.ts'
import { alreadyExists, noUpdates, stackMissing, validationError } from './errors.ts'
import { importChanges, importedResources } from './imports/request.ts'
import { changeSetDurationMs } from './limits.ts'
import { planUpdate } from './plan-update.ts'
import { prepareStack, tryTemplate } from './prepare.ts'
import { aboutStack, findStack, newStackArn, requestKeys } from './stack-lookup.ts'
import { checkRole, givenParameters, givenTags, refuseRollbackConfiguration } from './stacks.ts'
import { type ChangeSet, changeSets, type Stack, stacks, templates } from './state.ts'
import { templateText } from './template-source.ts'
import { checkUpdatable, originalTemplate } from './update-stack.ts'

/**
 * What AWS says where nothing would change; its CLI looks for these words. Recorded: test_empty_changeset. Of
 * templates with transforms it says something else: user reports of the CDK.
 */
const nothingChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set."

// Deviation: with ImportExistingResources a resource that exists already is not imported: the stack fails as without.
export const createChangeSet = operation(CreateChangeSet, {
  authorize: (input, ctx) => ({
    resource: aboutStack(ctx, input.StackName).resource,
    context: requestKeys(input, findStack(ctx, input.StackName)),
  }),
  provenance: 'recorded',
  refuses: ['DeploymentMode', 'DisableValidation'],
  async run(ctx, input) {
    refuseRollbackConfiguration(input.RollbackConfiguration)
    const type = changeSetType(input)
    const found = target(ctx, input, type)
    const text = await changeSetText(ctx, found, input)
    const given = givenParameters(input.Parameters)
    const stack = found ?? reviewedStack(ctx, input)
    const capabilities = input.Capabilities ?? []
    // Recorded: a transform that fails shows in the change set, not in the answer.
    const tried = await tryTemplate(ctx, text, { given, previous: found?.parameters, stack })
    const { prepared } = tried
    const failure = 'failure' in tried ? tried.failure : undefined
    const values =
      prepared === undefined
        ? undefined
        : await prepareStack(ctx, {
            prepared,
            given,
            ...(found === undefined ? {} : { previous: found.parameters }),
            capabilities,
            reviewed: true,
            resourceTypes: input.ResourceTypes,
            stack,
          })
    const imports =
      type === 'IMPORT' && prepared !== undefined
        ? await importedResources(ctx, input.ResourcesToImport, prepared.template)
        : undefined
    await checkRole(ctx, input.RoleARN)
    target(ctx, input, type)
    if (found === undefined) startReview(ctx, stack, input)
    const { stackId } = stack
    const arn = `arn:${ctx.partition}:cloudformation:${ctx.region}:${ctx.accountId}:changeSet/${input.ChangeSetName}/${ctx.ids.uuid()}`
    changeSets.put(ctx, {
      arn,
      name: input.ChangeSetName,
      stackId,
      stackName: stack.name,
      type,
      createdAtMs: ctx.now(),
      status: 'CREATE_IN_PROGRESS',
      executionStatus: 'UNAVAILABLE',
      parameters: values?.parameters ?? [],
      capabilities,
      includeNestedStacks: input.IncludeNestedStacks ?? false,
      changes: [],
      ...(imports === undefined ? {} : { imports }),
      ...(prepared === undefined ? {} : { templateKey: storeTemplate(ctx, stackId, prepared) }),
      ...optionalFields(input),
    })
    ctx.after(changeSetDurationMs, compute, { arn, ...(failure === undefined ? {} : { failure }) })
    return { Id: arn, StackId: stackId }
  },
})

function optionalFields(input: CreateChangeSetInput): Partial<ChangeSet> {
  return {
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.Tags === undefined ? {} : { tags: givenTags(input.Tags) }),
    ...(input.NotificationARNs === undefined ? {} : { notificationArns: input.NotificationARNs }),
    ...(input.RoleARN === undefined ? {} : { roleArn: input.RoleARN }),
    ...onStackFailure(input),
    ...(input.ClientToken === undefined ? {} : { token: input.ClientToken }),
  }
}

function changeSetType(input: CreateChangeSetInput): ChangeSet['type'] {
  const { ChangeSetType = 'UPDATE', ResourcesToImport = [] } = input
  if (ChangeSetType !== 'IMPORT' && ResourcesToImport.length > 0) {
    throw validationError('ResourcesToImport is only for change sets of type IMPORT.')
  }
  // The model has no fourth.
  if (ChangeSetType === 'CREATE') return 'CREATE'
  return ChangeSetType === 'IMPORT' ? 'IMPORT' : 'UPDATE'
}

/** The stack that is to change; undefined where the change set makes a new one. */
function target(
  ctx: Context,
  input: CreateChangeSetInput,
  type: ChangeSet['type'],
): Stack | undefined {
  const stack = findStack(ctx, input.StackName)
  if (type === 'CREATE') {
    // Recorded: test_name_conflicts, test_create_changeset_with_stack_id.
    if (stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS') {
      throw validationError(
        `Stack [${input.StackName}] already exists and cannot be created again with the changeSet [${input.ChangeSetName}].`,
      )
    }
  } else if (type === 'UPDATE' || (stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS')) {
    if (stack === undefined) throw stackMissing(input.StackName)
    checkUpdatable(stack)
  }
  const same = findChangeSet(ctx, input.ChangeSetName, input.StackName)
  if (same !== undefined && !isExecuted(same)) {
    throw alreadyExists(`ChangeSet [${input.ChangeSetName}] already exists`)
  }
  return stack
}

async function changeSetText(
  ctx: Context,
  stack: Stack | undefined,
  input: CreateChangeSetInput,
): Promise<string> {
  if (input.UsePreviousTemplate === true && stack !== undefined) return originalTemplate(ctx, stack)
  const text = await templateText(ctx, input)
  if (text === undefined) {
    throw validationError('Either Template URL or Template Body must be specified.')
  }
  return text
}

/** A stack that has only change sets yet. */
function reviewedStack(ctx: Context, input: CreateChangeSetInput): Stack {
  if (input.StackName.startsWith('arn:')) throw stackMissing(input.StackName)
  return {
    stackId: newStackArn(ctx, input.StackName, ctx.ids.uuid()),
    name: input.StackName,
    createdAtMs: ctx.now(),
    status: 'REVIEW_IN_PROGRESS',
    caller: ctx.caller,
    templateKey: '',
    parameters: [],
    tags: [],
    capabilities: [],
    notificationArns: [],
    disableRollback: false,
    retainExceptOnCreate: false,
    terminationProtection: false,
    outputs: [],
    driftStatus: 'NOT_CHECKED',
    eventCount: 0,
  }
}

function startReview(ctx: Context, stack: Stack, { ClientToken }: CreateChangeSetInput): void {
  stacks.put(ctx, stack)
  stackTransition(ctx, stack.stackId, {
    status: 'REVIEW_IN_PROGRESS',
    reason: 'User Initiated',
    token: ClientToken,
  })
}

/** Works out what a change set would do. */
export const compute = task<{ arn: string; failure?: string }>('cloudformation.compute', {
  run(ctx, { arn, failure }) {
    const changeSet = changeSets.get(ctx, arn)
    const stack = changeSet && stacks.get(ctx, changeSet.stackId)
    if (changeSet === undefined || stack === undefined) return
    const outcome = failure === undefined ? outcomeOf(ctx, changeSet, stack) : { failure }
    changeSets.put(
      ctx,
      'failure' in outcome
        ? { ...changeSet, status: 'FAILED', statusReason: outcome.failure }
        : {
            ...changeSet,
            status: 'CREATE_COMPLETE',
            executionStatus: 'AVAILABLE',
            changes: outcome.changes,
            ...(outcome.warning === undefined ? {} : { warning: outcome.warning }),
          },
    )
  },
})

type Outcome =
  | { readonly failure: string }
  | { readonly changes: ChangeSet['changes']; readonly warning?: string }

function outcomeOf(ctx: Context, changeSet: ChangeSet, stack: Stack): Outcome {
  const record = templates.get(ctx, changeSet.templateKey ?? '')
  if (record === undefined) return { failure: 'The template is gone' }
  const { template, transformed } = record
  const { parameters } = changeSet
  try {
    const env = plannedEnvironment(
      ctx,
      identityOf(ctx, stack),
      template,
      parameters,
      () => undefined,
    )
    const graph = dependencyGraph(template, env.condition)
    const tags = changeSet.tags ?? stack.tags
    const plan = planUpdate(ctx, stack, { template, parameters, tags, graph })
    if (changeSet.type === 'UPDATE' && !plan.changesAnything) {
      return { failure: transformed ? noUpdates().message : nothingChanges }
    }
    if (changeSet.imports !== undefined) {
      return { changes: importChanges(ctx, stack, plan, changeSet.imports) }
    }
    const [missing] = plan.missingImports
    if (missing === undefined) return { changes: plan.changes }
    return {
      changes: plan.changes,
      // Recorded: test_describe_change_set_import_non_existent_export.
      warning: `[WARN] --include-property-values option can return incomplete ChangeSet data because: ChangeSet creation failed for resource [${missing.logicalId}] because: ${missing.message.replace(/ found$/, '')}`,
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { failure: error.message }
  }
}

/** A deployment that is not to be rolled back is one whose failure changes nothing. */
function onStackFailure({ OnStackFailure, DeploymentConfig }: CreateChangeSetInput): {
  onStackFailure?: string
} {
  if (OnStackFailure !== undefined) return { onStackFailure: OnStackFailure }
  return DeploymentConfig?.DisableRollback === true ? { onStackFailure: 'DO_NOTHING' } : {}
}
