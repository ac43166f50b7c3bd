import { answer } from './answer.ts'
import { reasonOf } from './reason.ts'
import type { WorkflowInput } from './request.ts'

interface State extends WorkflowInput {
  readonly output?: { readonly data?: Readonly<Record<string, string>> }
  /** Why the work failed, as Step Functions caught it. */
  readonly errorInfo?: { readonly Error: string; readonly Cause?: string }
}

/** Tells whoever waits how the work ended. */
export async function handler({ cfnEvent, answerBy, output, errorInfo }: State) {
  if (errorInfo === undefined) {
    return await answer(cfnEvent, answerBy, { ok: true, data: output?.data ?? {} })
  }
  return await answer(cfnEvent, answerBy, { ok: false, reason: reasonOf(errorInfo) })
}
