import type { AwsError } from '@cloud-orrery/models'
import type { Context } from '../../../context.ts'
import { isTransient } from '../../../shared/transient-errors.ts'
import { mappings } from '../state.ts'

/** `LastProcessingResult` after a batch that the function did not take. Source: user reports of the words. */
export const callFailed = 'PROBLEM: Function call failed'

export function noteResult(ctx: Context, uuid: string, lastResult: string): void {
  const mapping = mappings.get(ctx, uuid)
  if (mapping?.stream === undefined || mapping.stream.lastResult === lastResult) return
  mappings.put(ctx, { ...mapping, stream: { ...mapping.stream, lastResult } })
}

/** Notes what kept a mapping from its stream; whether that may pass by itself. */
export function noteFailure(ctx: Context, uuid: string, error: AwsError): boolean {
  const { code, message } = error
  ctx.record('task', 'lambda.poll-failed', { uuid, code, message })
  noteResult(ctx, uuid, `PROBLEM: ${message}`)
  return isTransient(error)
}
