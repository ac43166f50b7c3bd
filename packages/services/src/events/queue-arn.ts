import type { Scope } from '@cloud-orrery/kernel'

/** Where calls for a queue go. */
export interface QueueCall extends Scope {
  readonly url: string
}

/** Undefined for an ARN that is no queue's. */
export function queueCall(arn: string): QueueCall | undefined {
  const [, , service, region = '', accountId = '', name = ''] = arn.split(':')
  if (service !== 'sqs') return undefined
  return { accountId, region, url: `https://sqs.${region}.amazonaws.com/${accountId}/${name}` }
}
