import { askedFor, type PreTokenEvent } from './events.ts'
import { scopesOfGroups } from './logic.ts'

/** Variant A, trigger V1_0: groups become the claim `scope` of the ID token. Without a group there is no such claim. */
export const handler = async (event: PreTokenEvent): Promise<PreTokenEvent> => {
  const { groups, clientId } = askedFor(event)
  const scopes = scopesOfGroups(groups, clientId)
  const claimsToAddOrOverride = scopes.length === 0 ? {} : { scope: scopes.join(' ') }
  return { ...event, response: { claimsOverrideDetails: { claimsToAddOrOverride } } }
}
