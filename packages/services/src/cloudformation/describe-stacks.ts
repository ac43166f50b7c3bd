import {
  DescribeStacks,
  ListStacks,
  type OperationEntry,
  type StackSummary,
  type Stack as StackView,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageToken, positionOf } from '../shared/page-tokens.ts'
import { operations } from './apply/operation.ts'
import { inMapOrder } from './engine/map-order.ts'
import { stackWithIdMissing, validationError } from './errors.ts'
import { deletedStackKeptMs, pageRows } from './limits.ts'
import { aboutStack, stackOrThrow } from './stack-lookup.ts'
import { livingStacks, type Stack, stacks, templates } from './state.ts'

export const describeStacks = operation(DescribeStacks, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'recorded',
  run(ctx, { StackName, NextToken }) {
    if (StackName !== undefined) {
      return { Stacks: [stackView(ctx, stackOrThrow(ctx, StackName, stackWithIdMissing))] }
    }
    const { rows, next } = page(newestFirst(livingStacks(ctx)), NextToken, 'DescribeStacks')
    return { Stacks: rows.map((stack) => stackView(ctx, stack)), ...next }
  },
})

export const listStacks = operation(ListStacks, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { NextToken, StackStatusFilter = [] }) {
    const seen = [...stacks.scan(ctx)].filter(
      ({ status, deletedAtMs }) =>
        (StackStatusFilter.length === 0 || StackStatusFilter.some((wanted) => wanted === status)) &&
        (status !== 'DELETE_COMPLETE' || ctx.now() - (deletedAtMs ?? 0) <= deletedStackKeptMs),
    )
    const { rows, next } = page(newestFirst(seen), NextToken, ['ListStacks', StackStatusFilter])
    return { StackSummaries: rows.map((stack) => summary(ctx, stack)), ...next }
  },
})

function newestFirst(list: readonly Stack[]): readonly Stack[] {
  return list.toSorted((a, b) => b.createdAtMs - a.createdAtMs || (a.stackId < b.stackId ? -1 : 1))
}

/** One page of rows, and the token of the next. Throws ValidationError for a token of another request. */
export function page<R>(
  all: readonly R[],
  token: string | undefined,
  request: unknown,
  size = pageRows,
): { rows: readonly R[]; next: { NextToken?: string } } {
  const position = token === undefined ? '0' : positionOf(token, request)
  const from = Number(position)
  if (position === undefined || !Number.isInteger(from)) {
    throw validationError('Token already expired or is not valid')
  }
  const end = from + size
  return {
    rows: all.slice(from, end),
    next: end < all.length ? { NextToken: pageToken(String(end), request) } : {},
  }
}

/** Recorded: DescribeStacks in every state; lists that are empty stay away unless the recording has them. */
function stackView(ctx: Context, stack: Stack): StackView {
  const gone = stack.status === 'DELETE_COMPLETE'
  const parameters = inMapOrder(stack.parameters, ({ key }) => key).map(
    ({ key, value, resolved, noEcho }) => ({
      ParameterKey: key,
      ParameterValue: noEcho === true ? '****' : value,
      ...(resolved === undefined ? {} : { ResolvedValue: resolved }),
    }),
  )
  return {
    StackId: stack.stackId,
    StackName: stack.name,
    ...(stack.changeSetId === undefined ? {} : { ChangeSetId: stack.changeSetId }),
    ...(stack.description === undefined ? {} : { Description: stack.description }),
    ...(parameters.length === 0 ? {} : { Parameters: parameters }),
    CreationTime: stack.createdAtMs,
    ...(stack.deletedAtMs === undefined ? {} : { DeletionTime: stack.deletedAtMs }),
    ...(stack.updatedAtMs === undefined ? {} : { LastUpdatedTime: stack.updatedAtMs }),
    RollbackConfiguration: {},
    // The model's enum of the statuses that the machine writes.
    StackStatus: stack.status as StackView['StackStatus'],
    ...(stack.statusReason === undefined ? {} : { StackStatusReason: stack.statusReason }),
    DisableRollback: stack.disableRollback,
    NotificationARNs: [...stack.notificationArns],
    ...(stack.timeoutMinutes === undefined ? {} : { TimeoutInMinutes: stack.timeoutMinutes }),
    ...(stack.capabilities.length === 0
      ? {}
      : { Capabilities: stack.capabilities as NonNullable<StackView['Capabilities']> }), // As the request's model let them in.
    ...(stack.outputs.length === 0 ? {} : { Outputs: stack.outputs.map(outputView) }),
    ...(stack.roleArn === undefined ? {} : { RoleARN: stack.roleArn }),
    Tags: stack.tags.map(({ key, value }) => ({ Key: key, Value: value })),
    ...(gone ? {} : { EnableTerminationProtection: stack.terminationProtection }),
    ...(stack.parentId === undefined ? {} : { ParentId: stack.parentId }),
    ...(stack.rootId === undefined ? {} : { RootId: stack.rootId }),
    DriftInformation: driftView(stack),
    ...(stack.retainExceptOnCreate ? { RetainExceptOnCreate: true } : {}),
    ...lastOperations(ctx, stack),
  }
}

/** Recorded: test_fn_find_in_map_with_multiple_nested_functions, the only recording of 2026. */
function lastOperations(ctx: Context, { stackId }: Stack): { LastOperations?: OperationEntry[] } {
  const last = operations.get(ctx, stackId)
  if (last === undefined) return {}
  const OperationType = last.resumedBy ?? (`${last.kind}_STACK` as const)
  return { LastOperations: [{ OperationType, OperationId: last.id }] }
}

function outputView({ key, value, description, exportName }: Stack['outputs'][number]) {
  return {
    OutputKey: key,
    OutputValue: value,
    ...(description === undefined ? {} : { Description: description }),
    ...(exportName === undefined ? {} : { ExportName: exportName }),
  }
}

function driftView({ driftStatus, driftCheckedAtMs }: Stack) {
  return {
    // Written only by drift detection, in the model's words.
    StackDriftStatus: driftStatus as 'NOT_CHECKED',
    ...(driftCheckedAtMs === undefined ? {} : { LastCheckTimestamp: driftCheckedAtMs }),
  }
}

function summary(ctx: Context, stack: Stack): StackSummary {
  const description = templates.get(ctx, stack.templateKey)?.template.description
  return {
    StackId: stack.stackId,
    StackName: stack.name,
    ...(description === undefined ? {} : { TemplateDescription: description }),
    CreationTime: stack.createdAtMs,
    ...(stack.updatedAtMs === undefined ? {} : { LastUpdatedTime: stack.updatedAtMs }),
    ...(stack.deletedAtMs === undefined ? {} : { DeletionTime: stack.deletedAtMs }),
    StackStatus: stack.status as StackSummary['StackStatus'], // As in `stackView`.
    ...(stack.statusReason === undefined ? {} : { StackStatusReason: stack.statusReason }),
    ...(stack.parentId === undefined ? {} : { ParentId: stack.parentId }),
    ...(stack.rootId === undefined ? {} : { RootId: stack.rootId }),
    DriftInformation: driftView(stack),
    ...lastOperations(ctx, stack),
  }
}
