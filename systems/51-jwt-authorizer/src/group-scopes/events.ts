/** What both triggers read of Cognito's event. */
export interface PreTokenEvent {
  readonly callerContext: { readonly clientId: string }
  readonly request: {
    readonly groupConfiguration: { readonly groupsToOverride?: readonly string[] | null }
  }
  response: object
}

/** The groups of the user, and the client that asks: never from the environment, which the client's id is made after. */
export function askedFor({ request, callerContext }: PreTokenEvent) {
  const { groupsToOverride } = request.groupConfiguration
  return { groups: groupsToOverride ?? [], clientId: callerContext.clientId }
}
