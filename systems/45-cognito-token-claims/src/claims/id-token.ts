import type { PreTokenEvent } from './events.ts'
import { claimsOf } from './logic.ts'
import { lookUp } from './lookup.ts'

/** Trigger V1_0: the claims are the ID token's. This version cannot reach the access token. */
export const handler = async (event: PreTokenEvent): Promise<PreTokenEvent> => {
  const { userName } = event
  if (userName === undefined) return event
  const claimsToAddOrOverride = claimsOf(userName, await lookUp(userName))
  return { ...event, response: { claimsOverrideDetails: { claimsToAddOrOverride } } }
}
