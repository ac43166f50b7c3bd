import { orderedKey, table } from '@cloud-orrery/kernel'

/** A signal to a wait condition's handle, or to a resource with a creation policy. */
export interface WaitSignal {
  /** ARN of the handle, or of the resource itself. */
  readonly receiver: string
  readonly uniqueId: string
  /** `unparsable`: what was put was no signal. */
  readonly status: 'SUCCESS' | 'FAILURE' | 'unparsable'
  readonly reason: string
  readonly data: string
}

export const waitSignals = table<WaitSignal, 'receiver'>('cloudformation.waitSignals', {
  key: ({ receiver, uniqueId }) => signalKey(receiver, uniqueId),
  partition: 'region',
  indexes: { receiver: (signal) => signal.receiver },
})

/** ARN of a resource of a stack, by which handles and wait conditions are known. Recorded: test_waitcondition. */
export function receiverArn(stackId: string, logicalId: string): string {
  return `${stackId}/${logicalId}`
}

export function signalKey(receiver: string, uniqueId: string): string {
  return orderedKey(receiver, uniqueId)
}
