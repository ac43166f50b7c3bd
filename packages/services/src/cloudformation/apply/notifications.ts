import { orderedKey } from '@cloud-orrery/kernel'
import { Publish } from '@cloud-orrery/models/sns'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { events, type Stack, type StackEvent, stacks } from '../state.ts'
import { deployerOf } from './resource-context.ts'

interface Notice {
  readonly stackId: string
  readonly sequence: number
  readonly topicArn: string
}

/**
 * Tells a topic of the stack's `NotificationARNs` of one stack event. AWS publishes with the rights of who
 * works on the stack; a topic that refuses is not told, and the stack does not care.
 */
export const notify = task<Notice>('cloudformation.notify', {
  async run(ctx, { stackId, sequence, topicArn }) {
    const stack = stacks.get(ctx, stackId)
    const event = events.get(ctx, orderedKey(stackId, sequence))
    if (stack === undefined || event === undefined) return
    await ctx.call(
      Publish,
      {
        TopicArn: topicArn,
        Subject: 'AWS CloudFormation Notification',
        Message: text(stack, event),
      },
      { as: deployerOf(stack) },
    )
  },
})

/** Sends an event to every topic of its stack. */
export function notifyTopics(ctx: Context, stack: Stack, sequence: number): void {
  for (const topicArn of stack.notificationArns) {
    ctx.after(0, notify, { stackId: stack.stackId, sequence, topicArn })
  }
}

/** One line per member, as the mails that AWS sends show. Source: user reports of such mails. */
function text(stack: Stack, event: StackEvent): string {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['StackId', stack.stackId],
    ['Timestamp', new Date(event.atMs).toISOString()],
    ['EventId', event.eventId],
    ['LogicalResourceId', event.logicalId],
    ['Namespace', stack.stackId.split(':')[4]],
    ['PhysicalResourceId', event.physicalId],
    ['PrincipalId', principalId(stack.caller.principal)],
    ['ResourceProperties', event.properties ?? 'null'],
    ['ResourceStatus', event.status],
    ['ResourceStatusReason', event.reason ?? ''],
    ['ResourceType', event.type],
    ['StackName', stack.name],
    ['ClientRequestToken', event.token ?? 'null'],
  ]
  return lines.map(([name, value = '']) => `${name}='${value}'\n`).join('')
}

function principalId(principal: Stack['caller']['principal']): string {
  switch (principal.kind) {
    case 'root':
      return principal.accountId
    case 'user':
      return principal.userId
    case 'role-session':
      return `${principal.roleId}:${principal.sessionName}`
    default:
      return ''
  }
}
