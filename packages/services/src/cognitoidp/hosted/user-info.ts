import { AwsError } from '@cloud-orrery/models'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { scopeAttributes } from '../tokens/issue.ts'
import { verifyAccessToken } from '../tokens/verify.ts'
import { isReadable } from '../users/attributes.ts'
import { allAttributes } from '../users/lookup.ts'
import { json } from './answers.ts'
import type { Site } from './site.ts'

/** `GET` and `POST /oauth2/userInfo`: what the token's scopes and the client's permissions give. Source: "The user attributes endpoint". */
export function userInfo({ ctx, input, pool }: Site): HttpOperationOutput {
  const token = /^bearer +(\S+)$/i.exec(input.headers['authorization'] ?? '')?.[1]
  if (token === undefined) {
    return refused(400, 'invalid_request', 'Bad OAuth2 request at UserInfo Endpoint')
  }
  const invalid = refused(
    401,
    'invalid_token',
    'Access token is expired, disabled, or deleted, or the user has globally signed out.',
  )
  try {
    const bearer = verifyAccessToken(ctx, token, 'openid')
    if (bearer.pool.id !== pool.id) return invalid
    const { user, client, scopes } = bearer
    const covered = scopeAttributes(scopes)
    const claims: Record<string, string> = { sub: user.sub }
    // All values are texts, `email_verified` too: AWS departs from OpenID Connect here.
    for (const [name, value] of Object.entries(allAttributes(user))) {
      if (isReadable(client, name) && covered?.(name) !== false) claims[name] = value
    }
    return json(200, { ...claims, sub: user.sub, username: user.username })
  } catch (error) {
    if (error instanceof AwsError) return invalid
    throw error
  }
}

function refused(status: number, error: string, description: string): HttpOperationOutput {
  return json(
    status,
    { error, error_description: description },
    { 'www-authenticate': `Bearer error="${error}", error_description="${description}"` },
  )
}
