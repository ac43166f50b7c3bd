import { answer } from './answer.ts'
import { reasonOf } from './reason.ts'
import type { WorkflowInput } from './request.ts'

/** Source: Step Functions Developer Guide, "Step Functions Execution Status Change" events. */
interface StatusChange {
  readonly detail: {
    readonly name: string
    readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'
    /** Null above 248 KiB. */
    readonly input: string | null
    readonly error?: string | null
    readonly cause?: string | null
  }
}

/** An execution has ended before its last state: nobody else tells CloudFormation, which would wait on. */
export async function handler({ detail }: StatusChange): Promise<void> {
  const { name, status, input, error, cause } = detail
  if (input === null) throw new Error(`The input of execution ${name} is too long for its event.`)
  const { cfnEvent, answerBy } = JSON.parse(input) as WorkflowInput // As `front` started it.
  const why = reasonOf({ Error: error ?? 'no error', Cause: cause ?? 'no cause was given' })
  const reason = `Execution ${name} ended as ${status}: ${why}`
  await answer(cfnEvent, answerBy, { ok: false, reason })
}
