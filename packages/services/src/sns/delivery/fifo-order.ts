import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { type Message, type Subscription, subscriptions, type Waiting, waiting } from '../state.ts'
import { attempt, type Delivery, delayAfter, giveUp } from './delivery.ts'
import { queueSchedule } from './retry-schedule.ts'

interface Line {
  readonly subscriptionArn: string
  readonly groupId: string
}

/**
 * Puts a FIFO topic's message at the end of its group's line to one subscription. One message of a line is
 * on its way at a time: one that fails holds back those behind it, as order demands.
 * Source: SNS Developer Guide, "Message ordering details for FIFO topics".
 */
export function queueUp(
  ctx: Context,
  { arn }: Subscription,
  message: Message,
  sequence: number,
): void {
  const line: Line = { subscriptionArn: arn, groupId: message.groupId ?? '' }
  const isFirst = head(ctx, line) === undefined
  waiting.put(ctx, { ...line, sequence, message })
  if (isFirst) ctx.after(0, deliverInOrder, line)
}

export const deliverInOrder = task<Line>('sns.deliverInOrder', {
  async run(ctx, line) {
    const delivery = deliveryOf(ctx, line)
    if (delivery !== undefined) await attempt(ctx, delivery)
    next(ctx, line)
  },
  retryDelayMs: (attempts, error) => delayAfter(queueSchedule, attempts, error),
  onGiveUp(ctx, line, error, attempts) {
    const delivery = deliveryOf(ctx, line)
    if (delivery !== undefined) giveUp(ctx, delivery, error, attempts)
    next(ctx, line)
  },
})

function next(ctx: Context, line: Line): void {
  const done = head(ctx, line)
  if (done !== undefined) waiting.delete(ctx, waiting.options.key(done))
  if (head(ctx, line) !== undefined) ctx.after(0, deliverInOrder, line)
}

function head(ctx: Context, { subscriptionArn, groupId }: Line): Waiting | undefined {
  const prefix = `${orderedKey(subscriptionArn, groupId, '')}`
  for (const first of waiting.scan(ctx, { prefix })) return first
  return undefined
}

function deliveryOf(ctx: Context, line: Line): Delivery | undefined {
  const first = head(ctx, line)
  const subscription = subscriptions.get(ctx, line.subscriptionArn)
  if (first === undefined || subscription === undefined) return undefined
  const { arn, protocol, endpoint } = subscription
  return {
    subscriptionArn: arn,
    protocol,
    endpoint,
    message: first.message,
    schedule: queueSchedule,
  }
}
