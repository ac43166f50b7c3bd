import { type AnswerBy, type CloudFormationRequest, physicalIdOf } from './request.ts'
import { Refused, retrying } from './retrying.ts'

/** How the work ended. */
export type Outcome =
  | { readonly ok: true; readonly data: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly reason: string }

/** CloudFormation reads no answer above 4,096 bytes; a stack's events show the first 1,024 characters of a reason. */
const reasonCharactersMax = 1000

/** The URL and the JSON of an answer. */
export function answerOf(
  request: CloudFormationRequest,
  answerBy: AnswerBy,
  outcome: Outcome,
): { readonly url: string; readonly body: string } {
  const physicalId = physicalIdOf(request)
  const reason = (outcome.ok ? 'Done' : outcome.reason).slice(0, reasonCharactersMax)
  if (answerBy === 'callback') {
    return {
      url: request.ResourceProperties['CallbackUrl'] ?? '',
      body: JSON.stringify({
        Status: outcome.ok ? 'SUCCESS' : 'FAILURE',
        Reason: reason,
        UniqueId: physicalId,
        Data: outcome.ok ? JSON.stringify(outcome.data) : '',
      }),
    }
  }
  const { StackId, RequestId, LogicalResourceId } = request
  return {
    url: request.ResponseURL,
    body: JSON.stringify({
      Status: outcome.ok ? 'SUCCESS' : 'FAILED',
      Reason: reason,
      PhysicalResourceId: physicalId,
      StackId,
      RequestId,
      LogicalResourceId,
      Data: outcome.ok ? outcome.data : {},
    }),
  }
}

/** Puts an answer. What S3 refuses (a signature that is wrong or too old) is not tried again; its troubles are. */
export async function answer(
  request: CloudFormationRequest,
  answerBy: AnswerBy,
  outcome: Outcome,
): Promise<{ readonly statusCode: number }> {
  const { url, body } = answerOf(request, answerBy, outcome)
  return await retrying(2000, async () => {
    // The URL's signature covers no content type; S3 wants it empty.
    const response = await fetch(url, { method: 'PUT', headers: { 'content-type': '' }, body })
    if (response.status >= 500) throw new Error(`The answer was not taken: ${response.status}`)
    if (!response.ok) throw new Refused(`The answer was refused: ${response.status}`)
    return { statusCode: response.status }
  })
}
