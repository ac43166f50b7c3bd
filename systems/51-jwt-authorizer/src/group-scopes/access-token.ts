import { askedFor, type PreTokenEvent } from './events.ts'
import { scopesOfGroups } from './logic.ts'

/** Variant B, trigger V2_0: groups become scopes of the access token, beside those that Cognito gives. */
export const handler = async (event: PreTokenEvent): Promise<PreTokenEvent> => {
  const { groups, clientId } = askedFor(event)
  const accessTokenGeneration = { scopesToAdd: scopesOfGroups(groups, clientId) }
  return { ...event, response: { claimsAndScopeOverrideDetails: { accessTokenGeneration } } }
}
