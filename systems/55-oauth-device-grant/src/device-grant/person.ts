import { AlbJwtVerifier } from 'aws-jwt-verify'
import type { Request } from '../alb/request.ts'
import { settings } from './settings.ts'

/** Who looks at the page. */
export interface Person {
  readonly subject: string
  readonly name: string
}

const verifier = AlbJwtVerifier.create({
  albArn: settings.balancerArn,
  clientId: settings.balancerClientId,
  issuer: settings.poolIssuer,
})

/** The balancer says who it is, and signs it. Undefined: it was not our balancer, or not about this app. */
export async function personOf({ headers }: Request): Promise<Person | undefined> {
  const claims = headers['x-amzn-oidc-data']
  if (claims === undefined) return undefined
  try {
    const { sub, email, username } = await verifier.verify(claims)
    return { subject: String(sub), name: String(email ?? username ?? sub) }
  } catch {
    return undefined // Why it is not good is nothing to tell the one who made it.
  }
}
