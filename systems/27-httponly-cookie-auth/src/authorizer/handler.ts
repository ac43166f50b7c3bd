import { CognitoJwtVerifier } from 'aws-jwt-verify'
import type { HttpRequest } from '../http.ts'
import { setting } from '../setting.ts'
import { judge, type Verdict } from './logic.ts'

// Made once per environment: the pool's keys are fetched with the first token and kept.
const verifier = CognitoJwtVerifier.create({
  userPoolId: setting('USER_POOL_ID'),
  tokenUse: 'access',
  clientId: setting('CLIENT_ID'),
})
const ownOrigin = setting('ORIGIN')

/** `oAuth2Authorizer`: asks nobody whether a token is good, once it has the keys. */
export const handler = (request: HttpRequest): Promise<Verdict> =>
  judge(request, verifier, ownOrigin, (line) => console.log(JSON.stringify(line)))
