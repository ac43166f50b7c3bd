import { AwsError } from '@cloud-orrery/models'
import type { Target } from '@cloud-orrery/models/events'
import { SendMessage } from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { isTransient } from '../shared/transient-errors.ts'
import { type BusEvent, eventJson } from './envelope.ts'
import { retryAttemptsDefault, retryDelayMs } from './limits.ts'
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

/** An undelivered event on its way to its target's dead-letter queue. */
interface Burial {
  readonly target: Target
  readonly event: BusEvent
  readonly failure: Failure
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
  const burial = { target, event, failure }
  try {
    await send(ctx, burial)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isTransient(error)) ctx.after(delayMs(1), buryAgain, burial)
    else drop(ctx, burial, error)
  }
}

/**
 * Deviation: AWS does not say how often it tries a dead-letter queue that is out of order; the model tries for as
 * long as it would a target, so that an outage of SQS loses nothing.
 */
export const buryAgain = task<Burial>('events.bury', {
  run: send,
  retryDelayMs: (attempt, error) =>
    isTransient(error) && attempt < retryAttemptsDefault ? delayMs(attempt + 1) : undefined,
  onGiveUp: drop,
})

function delayMs(attempt: number): number {
  return Math.min(retryDelayMs.first * 2 ** (attempt - 1), retryDelayMs.longest)
}

async function send(ctx: Context, { target, event, failure }: Burial): Promise<void> {
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
  const { accountId, region } = queue
  const sourceArn = failure.rule
  await ctx.call(SendMessage, input, { as: eventsPrincipal, sourceArn, accountId, region })
}

/** AWS counts it in the metric InvocationsFailedToBeSentToDLQ and drops the event. */
function drop(ctx: Context, { event, failure }: Burial, { code, message }: AwsError): void {
  ctx.record('delivery', 'events.dropped', {
    ...failure,
    eventId: event.id,
    queue: { code, message },
  })
}
