import { askForProjects } from '../access/ask.ts'
import { claimedBy, listed } from '../access/decision.ts'
import { type Request, verifiedClaims } from './events.ts'
import { serve } from './serve.ts'

/** The optimized design: what the person may see stands in the token. Only lists too long for a token are looked up. */
export const handler = async (request: Request) => {
  const claimed = claimedBy(verifiedClaims(request))
  const projectId = request.pathParameters?.projectId
  if (claimed.kind !== 'lookup') return await serve(claimed, projectId, 0)
  return await serve(listed(await askForProjects(claimed.userName)), projectId, 1)
}
