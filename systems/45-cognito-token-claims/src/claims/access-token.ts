import type { PreTokenEvent } from './events.ts'
import { claimsOf } from './logic.ts'
import { lookUp } from './lookup.ts'
import { apiScope } from './scope.ts'

/**
 * Trigger V2_0: the claims are the access token's, which is the one for an API, and the ID token's, for the page to show.
 * The scope tells the two apart at the API: ID tokens have none.
 */
export const handler = async (event: PreTokenEvent): Promise<PreTokenEvent> => {
  const { userName } = event
  if (userName === undefined) return event
  const claimsToAddOrOverride = claimsOf(userName, await lookUp(userName))
  const claimsAndScopeOverrideDetails = {
    idTokenGeneration: { claimsToAddOrOverride },
    accessTokenGeneration: { claimsToAddOrOverride, scopesToAdd: [apiScope] },
  }
  return { ...event, response: { claimsAndScopeOverrideDetails } }
}
