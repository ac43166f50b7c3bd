import {
  DescribeStackEvents,
  DescribeStackResource,
  DescribeStackResources,
  ListStackResources,
  type ResourceStatus,
  type StackEvent as StackEventView,
  type StackResourceSummary,
  type StackResource as StackResourceView,
} from '@cloud-orrery/models/cloudformation'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { page } from './describe-stacks.ts'
import { resourceMissing, stackMissing, stackWithIdMissing, validationError } from './errors.ts'
import { aboutStack, findStack, stackArn, stackOrThrow } from './stack-lookup.ts'
import {
  events,
  resourceKey,
  resources,
  type Stack,
  type StackEvent,
  type StackResource,
  stacks,
} from './state.ts'

export const describeStackResource = operation(DescribeStackResource, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'recorded',
  run(ctx, { StackName, LogicalResourceId }) {
    const stack = stackOrThrow(ctx, StackName, (name) => stackMissingFor(name))
    const resource = resources.get(ctx, resourceKey(stack.stackId, LogicalResourceId))
    if (resource === undefined) throw resourceMissing(LogicalResourceId, StackName)
    return {
      StackResourceDetail: {
        ...common(resource),
        StackId: stack.stackId,
        StackName: stack.name,
        LastUpdatedTimestamp: resource.updatedAtMs,
        ...(resource.metadata === undefined ? {} : { Metadata: JSON.stringify(resource.metadata) }),
      },
    }
  },
})

function stackMissingFor(name: string) {
  return validationError(`Stack '${name}' does not exist`)
}

export const describeStackResources = operation(DescribeStackResources, {
  authorize: (input, ctx) => ({ resource: stackArn(ctx, input.StackName) }),
  provenance: 'recorded',
  run(ctx, { StackName, LogicalResourceId, PhysicalResourceId }) {
    if ((StackName === undefined) === (PhysicalResourceId === undefined)) {
      throw validationError(
        'You must specify either StackName or PhysicalResourceId, but not both.',
      )
    }
    const stack =
      StackName === undefined
        ? stackOf(ctx, PhysicalResourceId ?? '')
        : stackOrThrow(ctx, StackName, stackWithIdMissing)
    const found = resourcesOf(ctx, stack).filter(
      ({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId,
    )
    if (LogicalResourceId !== undefined && found.length === 0) {
      throw resourceMissing(LogicalResourceId, stack.name)
    }
    return { StackResources: found.map((resource) => resourceView(stack, resource)) }
  },
})

function stackOf(ctx: Context, physicalId: string): Stack {
  const resource = resources.first(ctx, 'physicalId', physicalId)
  const stack = resource === undefined ? undefined : stacks.get(ctx, resource.stackId)
  if (stack === undefined) throw validationError(`Stack for ${physicalId} does not exist`)
  return stack
}

export const listStackResources = operation(ListStackResources, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'recorded',
  run(ctx, { StackName, NextToken }) {
    const stack = stackOrThrow(ctx, StackName, stackWithIdMissing)
    const { rows, next } = page(resourcesOf(ctx, stack), NextToken, [
      'ListStackResources',
      stack.stackId,
    ])
    return { StackResourceSummaries: rows.map(resourceSummary), ...next }
  },
})

/** In the order of their logical ids. */
function resourcesOf(ctx: Context, stack: Stack): readonly StackResource[] {
  return [...resources.where(ctx, 'stack', stack.stackId)]
}

function common(resource: StackResource) {
  return {
    LogicalResourceId: resource.logicalId,
    ...(resource.physicalId === '' ? {} : { PhysicalResourceId: resource.physicalId }),
    ResourceType: resource.type,
    // The machine writes only the model's statuses.
    ResourceStatus: resource.status as ResourceStatus,
    ...(resource.statusReason === undefined ? {} : { ResourceStatusReason: resource.statusReason }),
    DriftInformation: {
      StackResourceDriftStatus: resource.driftStatus as 'NOT_CHECKED', // As in `driftView`.
      ...(resource.driftCheckedAtMs === undefined
        ? {}
        : { LastCheckTimestamp: resource.driftCheckedAtMs }),
    },
  }
}

function resourceView(stack: Stack, resource: StackResource): StackResourceView {
  return {
    ...common(resource),
    StackId: stack.stackId,
    StackName: stack.name,
    Timestamp: resource.updatedAtMs,
  }
}

function resourceSummary(resource: StackResource): StackResourceSummary {
  return { ...common(resource), LastUpdatedTimestamp: resource.updatedAtMs }
}

export const describeStackEvents = operation(DescribeStackEvents, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'recorded',
  run(ctx, { StackName, NextToken }) {
    if (StackName === undefined) throw validationError('StackName is a required parameter.')
    const stack = findStack(ctx, StackName)
    if (stack === undefined) throw stackMissing(StackName)
    const newestFirst = [...events.where(ctx, 'stack', stack.stackId, { reverse: true })]
    const { rows, next } = page(newestFirst, NextToken, ['DescribeStackEvents', stack.stackId])
    return { StackEvents: rows.map(eventView), ...next }
  },
})

function eventView(event: StackEvent): StackEventView {
  return {
    StackId: event.stackId,
    EventId: event.eventId,
    StackName: event.stackName,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: event.atMs,
    ResourceStatus: event.status as ResourceStatus, // As in `common`.
    ...(event.reason === undefined ? {} : { ResourceStatusReason: event.reason }),
    ...(event.properties === undefined ? {} : { ResourceProperties: event.properties }),
    ...(event.token === undefined ? {} : { ClientRequestToken: event.token }),
  }
}
