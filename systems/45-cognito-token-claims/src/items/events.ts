import type { Claims } from '../access/decision.ts'

/** What the functions behind routes read of a request in payload format 2.0. */
export interface Request {
  readonly pathParameters?: { readonly projectId?: string }
  readonly requestContext: {
    readonly authorizer: {
      /** Behind a JWT authorizer. */
      readonly jwt?: { readonly claims: Claims }
      /** Behind a function that authorizes. */
      readonly lambda?: { readonly projects?: string }
    }
  }
}

/** The claims that a JWT authorizer has verified. Throws on a route without one: that is a fault of the stack. */
export function verifiedClaims({ requestContext }: Request): Claims {
  const { jwt } = requestContext.authorizer
  if (jwt === undefined) throw new Error('The route has no JWT authorizer.')
  return jwt.claims
}
