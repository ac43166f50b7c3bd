import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { listOf } from '../project-list.ts'
import { setting } from '../setting.ts'
import { claimedBy } from './decision.ts'

/** What of an HTTP API's request, format 2.0, decides. */
interface AuthorizerRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly pathParameters?: { readonly projectId?: string }
}

/** Fetches the pool's keys once in a function's life. */
const verifier = CognitoJwtVerifier.create({
  userPoolId: setting('USER_POOL_ID'),
  clientId: setting('CLIENT_ID'),
  tokenUse: 'access',
})

const refused = { isAuthorized: false }

/**
 * Authorizes by the claim before a function of the API runs. It verifies the token itself: API Gateway has looked at
 * nothing. Only the project in the path is let through, so its answer must not be kept for another path.
 */
export const handler = async ({ headers, pathParameters }: AuthorizerRequest) => {
  const { projectId } = pathParameters ?? {}
  const claimed = await claimedOf(headers['authorization'] ?? '')
  if (claimed?.kind !== 'listed' || projectId === undefined) return refused
  if (!claimed.projects.includes(projectId)) return refused
  return { isAuthorized: true, context: { projects: listOf([projectId]) } }
}

async function claimedOf(authorization: string) {
  try {
    return claimedBy(await verifier.verify(authorization.replace(/^Bearer /i, '')))
  } catch (error) {
    // A token that is not good is refused like none; keys that cannot be fetched let nobody in either.
    console.error('The token was not verified.', error)
    return undefined
  }
}
