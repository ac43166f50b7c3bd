import type { Context } from '../context.ts'
import type { AnsweredRequest } from '../define.ts'
import { callerAccountId } from './access.ts'
import { headersForOrigin } from './cors/preflight.ts'
import { logRequest } from './logging/log-delivery.ts'
import { placeOf } from './request-place.ts'
import { buckets } from './state.ts'

/** What follows from a request beside its answer: headers for browsers and payers, a line in a log. */
export function answered(
  ctx: Context,
  answer: AnsweredRequest,
): Readonly<Record<string, string>> | undefined {
  const bucket = buckets.get(ctx, placeOf(answer.request.path).bucket)
  if (bucket === undefined) return undefined
  if (bucket.logging !== undefined) logRequest(ctx, answer)
  const cors = headersForOrigin(ctx, answer)
  const isCharged =
    bucket.requestPayer === 'Requester' &&
    answer.error === undefined &&
    callerAccountId(ctx) !== bucket.accountId
  return isCharged ? { ...cors, 'x-amz-request-charged': 'requester' } : cors
}
