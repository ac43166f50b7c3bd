import {
  type Change,
  DeleteChangeSet,
  DescribeChangeSet,
  ExecuteChangeSet,
  ListChangeSets,
  type ResourceChangeDetail,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { startOperation } from './apply/machine.ts'
import { creationOf, updateOf } from './apply/stack-records.ts'
import { changeSetOrThrow, findChangeSet, isExecuted } from './change-set-lookup.ts'
import { page } from './describe-stacks.ts'
import type { Cause, PropertyChange, ResourceChange } from './engine/change-plan.ts'
import { type Json, stringified } from './engine/json.ts'
import { inMapOrder } from './engine/map-order.ts'
import {
  changeSetNotDeletable,
  changeSetNotReady,
  stackMissing,
  validationError,
} from './errors.ts'
import { startImport } from './imports/work.ts'
import { aboutStack, stackOrThrow } from './stack-lookup.ts'
import { type ChangeSet, changeSets, type Stack, stacks, templates } from './state.ts'
import { checkUpdatable } from './update-stack.ts'

function aboutChangeSet(
  ctx: Context,
  input: { readonly ChangeSetName: string; readonly StackName?: string | undefined },
) {
  const changeSet = changeSets.get(ctx, input.ChangeSetName)
  return aboutStack(ctx, changeSet?.stackId ?? input.StackName, {
    ChangeSetName: changeSet?.name ?? input.ChangeSetName,
  })
}

export const describeChangeSet = operation(DescribeChangeSet, {
  authorize: (input, ctx) => aboutChangeSet(ctx, input),
  provenance: 'recorded',
  run(ctx, { ChangeSetName, StackName, NextToken, IncludePropertyValues = false }) {
    const changeSet = changeSetOrThrow(ctx, ChangeSetName, StackName)
    const shown = changeSet.changes.filter((change) => isShown(change, IncludePropertyValues))
    const { rows, next } = page(shown, NextToken, [changeSet.arn, IncludePropertyValues])
    const reason = changeSet.statusReason ?? (IncludePropertyValues ? changeSet.warning : undefined)
    const stack = stacks.get(ctx, changeSet.stackId)
    return {
      ChangeSetName: changeSet.name,
      ChangeSetId: changeSet.arn,
      StackId: changeSet.stackId,
      StackName: changeSet.stackName,
      ...(changeSet.description === undefined ? {} : { Description: changeSet.description }),
      ...parametersView(changeSet),
      CreationTime: changeSet.createdAtMs,
      // The two statuses are written only here and in the engine, in the model's words.
      ExecutionStatus: changeSet.executionStatus as 'AVAILABLE',
      Status: changeSet.status as 'CREATE_COMPLETE',
      ...(reason === undefined ? {} : { StatusReason: reason }),
      NotificationARNs: [...(changeSet.notificationArns ?? stack?.notificationArns ?? [])],
      RollbackConfiguration: {},
      Capabilities: changeSet.capabilities as 'CAPABILITY_IAM'[], // As the request's model let them in.
      ...(changeSet.tags === undefined || changeSet.tags.length === 0
        ? {}
        : { Tags: changeSet.tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
      Changes: rows.map((change) => changeView(change, IncludePropertyValues)),
      ...next,
      // Deviation: the change sets of nested stacks are not made; the parent's shows that it changes them.
      IncludeNestedStacks: changeSet.includeNestedStacks,
      ...(changeSet.onStackFailure === undefined
        ? {}
        : { OnStackFailure: changeSet.onStackFailure as 'ROLLBACK' }), // As the capabilities.
    }
  },
})

function parametersView({ parameters }: ChangeSet) {
  if (parameters.length === 0) return {}
  return {
    Parameters: inMapOrder(parameters, ({ key }) => key).map(
      ({ key, value, resolved, noEcho }) => ({
        ParameterKey: key,
        ParameterValue: noEcho === true ? '****' : value,
        ...(resolved === undefined ? {} : { ResolvedValue: resolved }),
      }),
    ),
  }
}

/** With their values, changes are only those whose value is known to change. Recorded: TestChangeSetFnGetAttr. */
function isShown({ action, changes }: ResourceChange, values: boolean): boolean {
  return action !== 'Modify' || !values || changes.some(({ valueChanged }) => valueChanged)
}

function changeView(change: ResourceChange, values: boolean): Change {
  const { action, logicalId, type, physicalId, replacement, policyAction, before, after, changes } =
    change
  return {
    Type: 'Resource',
    ResourceChange: {
      ...(policyAction === undefined ? {} : { PolicyAction: policyAction as 'Delete' }), // The plan's own words.
      Action: action,
      LogicalResourceId: logicalId,
      ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
      ResourceType: type,
      ...(replacement === undefined ? {} : { Replacement: replacement }),
      Scope: [...new Set(changes.map(({ attribute }) => attribute))].sort(),
      Details: changes.flatMap((each) => details(each, values)),
      ...(values && before !== undefined
        ? { BeforeContext: JSON.stringify(stringified(before)) }
        : {}),
      ...(values && after !== undefined
        ? { AfterContext: JSON.stringify(stringified(after)) }
        : {}),
    },
  }
}

/**
 * One detail for each cause, and one for the value itself: `Dynamic` beside a cause that decides it. With
 * values shown, causes that are not known to change the value stay away.
 */
function details(change: PropertyChange, values: boolean): ResourceChangeDetail[] {
  if (values && !change.valueChanged) return []
  const target = targetOf(change, values)
  const causes = change.causes.filter(({ evaluation }) => !values || evaluation === 'Static')
  const parameters = causes.some(({ source }) => source === 'ParameterReference')
  const direct =
    change.valueChanged && (values || change.direct || parameters || causes.length === 0)
  const own: ResourceChangeDetail = {
    Target: target,
    Evaluation: causes.length === 0 ? 'Static' : 'Dynamic',
    ChangeSource: 'DirectModification',
  }
  return [...causes.map((cause) => causeDetail(cause, target)), ...(direct ? [own] : [])]
}

function causeDetail(
  { source, entity, evaluation }: Cause,
  target: NonNullable<ResourceChangeDetail['Target']>,
): ResourceChangeDetail {
  return { Target: target, Evaluation: evaluation, ChangeSource: source, CausingEntity: entity }
}

function targetOf(
  { attribute, name, before, after, recreation }: PropertyChange,
  values: boolean,
): NonNullable<ResourceChangeDetail['Target']> {
  const kind = before === undefined ? 'Add' : after === undefined ? 'Remove' : 'Modify'
  return {
    Attribute: attribute,
    ...(name === undefined ? {} : { Name: name }),
    RequiresRecreation: recreation,
    ...(values
      ? {
          Path: name === undefined ? `/${attribute}` : `/${attribute}/${name}`,
          ...(before === undefined ? {} : { BeforeValue: shownValue(before) }),
          ...(after === undefined ? {} : { AfterValue: shownValue(after) }),
          AttributeChangeType: kind,
        }
      : {}),
  }
}

function shownValue(value: Json): string {
  const text = stringified(value)
  return typeof text === 'string' ? text : JSON.stringify(text)
}

export const executeChangeSet = operation(ExecuteChangeSet, {
  authorize: (input, ctx) => aboutChangeSet(ctx, input),
  provenance: 'recorded',
  run(ctx, input) {
    const changeSet = changeSetOrThrow(ctx, input.ChangeSetName, input.StackName)
    const { arn, status, executionStatus } = changeSet
    if (executionStatus !== 'AVAILABLE') throw changeSetNotReady(arn, status, executionStatus)
    const stack = stacks.get(ctx, changeSet.stackId)
    if (stack === undefined) throw stackMissing(changeSet.stackName)
    if (input.DisableRollback !== undefined && changeSet.onStackFailure !== undefined) {
      throw validationError(
        'You can specify either DisableRollback or OnStackFailure, but not both.',
      )
    }
    changeSets.update(ctx, arn, { executionStatus: 'EXECUTE_IN_PROGRESS' })
    dropOthers(ctx, changeSet)
    if (changeSet.type === 'IMPORT') executeImport(ctx, changeSet, stack, input)
    else if (changeSet.type === 'CREATE') executeCreation(ctx, changeSet, stack, input)
    else executeUpdate(ctx, changeSet, stack, input)
    return {}
  },
})

interface Execution {
  readonly DisableRollback?: boolean | undefined
  readonly RetainExceptOnCreate?: boolean | undefined
  readonly ClientRequestToken?: string | undefined
}

/** A change set that is executed makes the others of its stack void. Source: user guide, "Execute a change set". */
function dropOthers(ctx: Context, { arn, stackId }: ChangeSet): void {
  for (const other of [...changeSets.where(ctx, 'stack', stackId)]) {
    if (other.arn !== arn && !other.executionStatus.startsWith('EXECUTE')) {
      changeSets.delete(ctx, other.arn)
    }
  }
}

function executeCreation(ctx: Context, changeSet: ChangeSet, stack: Stack, input: Execution): void {
  if (stack.status !== 'REVIEW_IN_PROGRESS')
    throw changeSetNotReady(changeSet.arn, 'FAILED', 'UNAVAILABLE')
  const description = templates.get(ctx, changeSet.templateKey ?? '')?.template.description
  const filled = stacks.put(ctx, {
    ...stack,
    caller: ctx.caller,
    templateKey: changeSet.templateKey ?? '',
    parameters: changeSet.parameters,
    tags: changeSet.tags ?? [],
    capabilities: changeSet.capabilities,
    notificationArns: changeSet.notificationArns ?? [],
    changeSetId: changeSet.arn,
    updatedAtMs: ctx.now(),
    disableRollback: input.DisableRollback ?? changeSet.onStackFailure === 'DO_NOTHING',
    retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
    ...(description === undefined ? {} : { description }),
    ...(changeSet.roleArn === undefined ? {} : { roleArn: changeSet.roleArn }),
  })
  const creation = creationOf(ctx, filled, {
    ClientRequestToken: input.ClientRequestToken,
    OnFailure: changeSet.onStackFailure,
  })
  startOperation(ctx, creation)
}

function executeUpdate(ctx: Context, changeSet: ChangeSet, stack: Stack, input: Execution): void {
  checkUpdatable(stack)
  const prepared = templates.get(ctx, changeSet.templateKey ?? '')
  if (prepared === undefined) throw changeSetNotReady(changeSet.arn, 'FAILED', 'UNAVAILABLE')
  const { key: _, ...template } = prepared
  const update = updateOf(ctx, stack.stackId, {
    prepared: template,
    parameters: changeSet.parameters,
    tags: changeSet.tags ?? stack.tags,
    capabilities: changeSet.capabilities,
    notificationArns: changeSet.notificationArns ?? stack.notificationArns,
    caller: ctx.caller,
    roleArn: changeSet.roleArn ?? stack.roleArn,
    token: input.ClientRequestToken,
    disableRollback: input.DisableRollback ?? changeSet.onStackFailure === 'DO_NOTHING',
    retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
    changeSetId: changeSet.arn,
  })
  startOperation(ctx, update)
}

function executeImport(ctx: Context, changeSet: ChangeSet, stack: Stack, input: Execution): void {
  const isNew = stack.status === 'REVIEW_IN_PROGRESS'
  if (!isNew) checkUpdatable(stack)
  const { templateKey, parameters, tags, capabilities, notificationArns } = stack
  const before = { templateKey, parameters, tags, capabilities, notificationArns }
  const description = templates.get(ctx, changeSet.templateKey ?? '')?.template.description
  stacks.put(ctx, {
    ...stack,
    caller: ctx.caller,
    templateKey: changeSet.templateKey ?? '',
    parameters: changeSet.parameters,
    tags: changeSet.tags ?? stack.tags,
    capabilities: changeSet.capabilities,
    changeSetId: changeSet.arn,
    ...(description === undefined ? {} : { description }),
    ...(changeSet.roleArn === undefined ? {} : { roleArn: changeSet.roleArn }),
  })
  const kept = changeSets.put(ctx, {
    ...changeSet,
    executionStatus: 'EXECUTE_IN_PROGRESS',
    ...(isNew ? {} : { before }),
  })
  startImport(ctx, kept, input.ClientRequestToken)
}

export const deleteChangeSet = operation(DeleteChangeSet, {
  authorize: (input, ctx) => aboutChangeSet(ctx, input),
  provenance: 'recorded',
  run(ctx, { ChangeSetName, StackName }) {
    // Only a stack that is not there is an error: what is deleted already is deleted.
    if (ChangeSetName.startsWith('arn:') && !changeSets.has(ctx, ChangeSetName)) return {}
    if (StackName !== undefined) stackOrThrow(ctx, StackName, stackMissing)
    // The CDK's CLI rests on it: it deletes by a fresh name before it makes a change set.
    if (StackName !== undefined && findChangeSet(ctx, ChangeSetName, StackName) === undefined) {
      return {}
    }
    const changeSet = changeSetOrThrow(ctx, ChangeSetName, StackName)
    if (changeSet.executionStatus === 'EXECUTE_IN_PROGRESS') {
      throw changeSetNotDeletable(changeSet.arn, changeSet.status)
    }
    changeSets.delete(ctx, changeSet.arn)
    return {}
  },
})

export const listChangeSets = operation(ListChangeSets, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'recorded',
  run(ctx, { StackName, NextToken }) {
    const stack = stackOrThrow(ctx, StackName, stackMissing)
    const pending = [...changeSets.where(ctx, 'stack', stack.stackId)].filter(
      (changeSet) => !isExecuted(changeSet),
    )
    const all = pending.sort((a, b) => b.createdAtMs - a.createdAtMs)
    const { rows, next } = page(all, NextToken, ['ListChangeSets', stack.stackId])
    return {
      Summaries: rows.map((changeSet) => ({
        StackId: changeSet.stackId,
        StackName: changeSet.stackName,
        ChangeSetId: changeSet.arn,
        ChangeSetName: changeSet.name,
        ExecutionStatus: changeSet.executionStatus as 'AVAILABLE', // As in DescribeChangeSet.
        Status: changeSet.status as 'CREATE_COMPLETE',
        ...(changeSet.statusReason === undefined ? {} : { StatusReason: changeSet.statusReason }),
        CreationTime: changeSet.createdAtMs,
        ...(changeSet.description === undefined ? {} : { Description: changeSet.description }),
        IncludeNestedStacks: changeSet.includeNestedStacks,
      })),
      ...next,
    }
  },
})
