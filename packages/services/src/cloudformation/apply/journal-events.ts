import { invariant } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { masked } from '../custom-resources/masking.ts'
import { type JsonObject, stringified } from '../engine/json.ts'
import { events, type Stack, type StackResource, stacks } from '../state.ts'
import { notifyTopics } from './notifications.ts'

const stackType = 'AWS::CloudFormation::Stack'

export interface EventFacts {
  readonly status: string
  readonly reason?: string | undefined
  readonly token?: string | undefined
}

/** Moves a stack to a status: record, stack event, EventBridge event. */
export function stackTransition(
  ctx: Context,
  stackId: string,
  facts: EventFacts,
  fields: Partial<Stack> = {},
): Stack {
  const before = stacks.get(ctx, stackId)
  invariant(before !== undefined, `stack ${stackId} is gone`)
  const { statusReason: _, ...rest } = before
  const moved = stacks.put(ctx, {
    ...rest,
    status: facts.status,
    ...(facts.reason === undefined ? {} : { statusReason: facts.reason }),
    ...fields,
  })
  // Recorded: the ids of a stack's own events are UUIDs.
  const stack = append(ctx, moved, {
    eventId: ctx.ids.uuid(),
    logicalId: moved.name,
    physicalId: stackId,
    type: stackType,
    facts,
  })
  ctx.emit({
    source: 'aws.cloudformation',
    detailType: 'CloudFormation Stack Status Change',
    resources: [stackId],
    detail: {
      'stack-id': stackId,
      'status-details': { status: facts.status, 'status-reason': facts.reason ?? '' },
      'client-request-token': facts.token ?? '',
    },
  })
  return stack
}

/** Notes a resource's transition: stack event and EventBridge event. The record is the caller's business. */
export function resourceTransition(
  ctx: Context,
  stackId: string,
  resource: Pick<StackResource, 'logicalId' | 'physicalId' | 'type'> & { properties?: JsonObject },
  facts: EventFacts,
): void {
  const stack = stacks.get(ctx, stackId)
  invariant(stack !== undefined, `stack ${stackId} is gone`)
  const { logicalId, physicalId, type, properties } = resource
  // Recorded: events of work carry the moment, those of a clean-up a UUID, and no properties.
  const eventId =
    properties === undefined
      ? `${logicalId}-${ctx.ids.uuid()}`
      : `${logicalId}-${facts.status}-${new Date(ctx.now()).toISOString()}`
  append(ctx, stack, {
    eventId,
    logicalId,
    physicalId,
    type,
    facts,
    ...(properties === undefined
      ? {}
      : { properties: JSON.stringify(stringified(masked(ctx, stackId, properties))) }),
  })
  ctx.emit({
    source: 'aws.cloudformation',
    detailType: 'CloudFormation Resource Status Change',
    resources: [stackId],
    detail: {
      'stack-id': stackId,
      'logical-resource-id': logicalId,
      'physical-resource-id': physicalId,
      'status-details': { status: facts.status, 'status-reason': facts.reason ?? '' },
      'resource-type': type,
      'client-request-token': facts.token ?? '',
    },
  })
}

interface EventContent {
  readonly eventId: string
  readonly logicalId: string
  readonly physicalId: string
  readonly type: string
  readonly facts: EventFacts
  readonly properties?: string
}

function append(ctx: Context, stack: Stack, { facts, ...content }: EventContent): Stack {
  const sequence = stack.eventCount + 1
  events.put(ctx, {
    stackId: stack.stackId,
    sequence,
    stackName: stack.name,
    ...content,
    atMs: ctx.now(),
    status: facts.status,
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
    ...(facts.token === undefined ? {} : { token: facts.token }),
  })
  notifyTopics(ctx, stack, sequence)
  return stacks.update(ctx, stack.stackId, { eventCount: sequence })
}
