import { AwsError } from '@cloud-orrery/models'
import type { Target } from '@cloud-orrery/models/events'
import { SendMessage } from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { type BusEvent, eventJson } from './envelope.ts'
import { eventsPrincipal } from './pass-role.ts'
import { queueCall } from './queue-arn.ts'

/** Why an event was not delivered. */
export interface Failure {
  readonly rule: string
  readonly target: string
  readonly code: string
  readonly message: string
  readonly retries: number
  /** The limit of the retry policy that ended the attempts. */
  readonly exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds'
}

/**
 * Sends an undelivered event to its target's dead-letter queue, as it came and with the reason as
 * attributes; without one it is dropped. Source: EventBridge User Guide, "Using dead-letter queues".
 */
export async function bury(
  ctx: Context,
  target: Target,
  event: BusEvent,
  failure: Failure,
): Promise<void> {
  const queue = queueCall(target.DeadLetterConfig?.Arn ?? '')
  if (queue === undefined) {
    ctx.record('delivery', 'events.dropped', { ...failure, eventId: event.id })
    return
  }
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  const input = {
    QueueUrl: queue.url,
    MessageBody: eventJson(event),
    MessageAttributes: {
      RULE_ARN: text(failure.rule),
      TARGET_ARN: text(failure.target),
      ERROR_CODE: text(failure.code),
      ERROR_MESSAGE: text(failure.message),
      RETRY_ATTEMPTS: text(String(failure.retries)),
      ...(failure.exhausted === undefined
        ? {}
        : { EXHAUSTED_RETRY_CONDITION: text(failure.exhausted) }),
    },
  }
  try {
    const { accountId, region } = queue
    await ctx.call(SendMessage, input, {
      as: eventsPrincipal,
      sourceArn: failure.rule,
      accountId,
      region,
    })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    // AWS counts it in the metric InvocationsFailedToBeSentToDLQ and drops the event.
    const { code, message } = error
    ctx.record('delivery', 'events.dropped', {
      ...failure,
      eventId: event.id,
      queue: { code, message },
    })
  }
}
