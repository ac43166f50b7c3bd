import type { Context } from '../context.ts'
import { isTooDeep } from '../shared/json-depth.ts'
import { invalidValue } from './errors.ts'
import { partsOfArn, queueOfArn } from './queue-urls.ts'
import type { Queue, RedrivePolicy } from './state.ts'

/** Receives before a message is given up. Source: SQS API reference, SetQueueAttributes, `RedrivePolicy`. */
const maxReceiveCountMax = 1000

/** Reads a redrive policy and checks that its target takes messages of this queue. */
export function readRedrivePolicy(
  ctx: Context,
  text: string,
  queue: Pick<Queue, 'arn' | 'fifo'>,
): RedrivePolicy {
  const refuse = (reason: string) => invalidValue(text, 'RedrivePolicy', reason)
  const policy = isTooDeep(text) ? undefined : objectOf(text)
  if (policy === undefined) throw refuse('Redrive policy is not a valid JSON map.')
  const { deadLetterTargetArn, maxReceiveCount } = policy
  if (deadLetterTargetArn === undefined || maxReceiveCount === undefined) {
    const missing = deadLetterTargetArn === undefined ? 'deadLetterTargetArn' : 'maxReceiveCount'
    throw refuse(`Redrive policy does not contain mandatory attribute: ${missing}.`)
  }
  const target = String(deadLetterTargetArn)
  const count = Number(maxReceiveCount)
  if (!Number.isInteger(count) || count < 1 || count > maxReceiveCountMax) {
    throw refuse(
      `Invalid value for maxReceiveCount: ${maxReceiveCount}, valid values are from 1 to ${maxReceiveCountMax} both inclusive.`,
    )
  }
  checkTarget(ctx, target, queue, refuse)
  return { deadLetterTargetArn: target, maxReceiveCount: count }
}

function checkTarget(
  ctx: Context,
  target: string,
  queue: Pick<Queue, 'arn' | 'fifo'>,
  refuse: (reason: string) => Error,
): void {
  const parts = partsOfArn(target)
  if (parts === undefined) throw refuse('Invalid value for deadLetterTargetArn.')
  if (parts.accountId !== ctx.accountId || parts.region !== ctx.region) {
    throw refuse('Dead letter target owner should be same as the source.')
  }
  const found = queueOfArn(ctx, target)
  if (found === undefined) throw refuse('Dead letter target does not exist.')
  if (found.fifo !== queue.fifo) {
    throw refuse('Dead-letter queue must be same type of queue as the source.')
  }
  if (!allowsSource(found, queue.arn)) {
    throw refuse('The dead-letter queue does not allow this queue as its source.')
  }
}

/** Checks a redrive allow policy; what it says is read where a queue asks to redrive here. */
export function checkRedriveAllowPolicy(text: string): void {
  const refuse = (reason: string) => invalidValue(text, 'RedriveAllowPolicy', reason)
  const policy = objectOf(text)
  if (policy === undefined) throw refuse('RedriveAllowPolicy is not a valid JSON map.')
  const { redrivePermission, sourceQueueArns } = policy
  if (redrivePermission === undefined) {
    throw refuse('RedriveAllowPolicy does not contain mandatory attribute: redrivePermission.')
  }
  if (!['allowAll', 'denyAll', 'byQueue'].includes(String(redrivePermission))) {
    throw refuse('RedrivePermission must be one of: allowAll, denyAll, byQueue.')
  }
  if (redrivePermission !== 'byQueue') {
    if (sourceQueueArns !== undefined) {
      throw refuse('SourceQueueArns can be specified only when redrivePermission is byQueue.')
    }
    return
  }
  if (!Array.isArray(sourceQueueArns) || sourceQueueArns.length === 0) {
    throw refuse('SourceQueueArns must be specified when redrivePermission is byQueue.')
  }
  if (sourceQueueArns.length > 10) throw refuse('At most 10 source queue ARNs can be specified.')
}

function allowsSource(target: Queue, sourceArn: string): boolean {
  const policy = objectOf(target.settings['RedriveAllowPolicy'] ?? '')
  if (policy === undefined || policy['redrivePermission'] === 'allowAll') return true
  const { redrivePermission, sourceQueueArns } = policy
  return (
    redrivePermission === 'byQueue' &&
    Array.isArray(sourceQueueArns) &&
    sourceQueueArns.includes(sourceArn)
  )
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined // Checked just now.
  } catch {
    return undefined // Not JSON: the caller says so in AWS's words.
  }
}
