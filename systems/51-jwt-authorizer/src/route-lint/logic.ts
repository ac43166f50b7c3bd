/** What of a route decides who may take it. */
export interface RouteGuard {
  readonly routeKey: string
  readonly authorizationType?: string | undefined
  readonly authorizationScopes?: readonly unknown[] | undefined
}

/** Routes that anyone could take, or anyone with a token: what is wrong with each, and what to do. */
export function unguardedRoutes(routes: readonly RouteGuard[]): string[] {
  const found: string[] = []
  for (const { routeKey, authorizationType, authorizationScopes = [] } of routes) {
    if (authorizationType !== 'JWT') {
      found.push(`The route ${routeKey} has no JWT authorizer: give it one.`)
    } else if (authorizationScopes.length === 0) {
      found.push(`The route ${routeKey} takes any token of the issuer: name the scopes it needs.`)
    }
  }
  return found
}

/** A CloudFormation template, as far as this reads it. */
export interface Template {
  readonly Resources?: Readonly<
    Record<
      string,
      { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }
    >
  >
}

/** The routes of HTTP APIs in a template. */
export function routesOf({ Resources = {} }: Template): RouteGuard[] {
  const routes = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
  return routes.map(({ Properties = {} }) => {
    const { RouteKey, AuthorizationType, AuthorizationScopes } = Properties
    return {
      routeKey: String(RouteKey),
      authorizationType: typeof AuthorizationType === 'string' ? AuthorizationType : undefined,
      authorizationScopes: Array.isArray(AuthorizationScopes) ? AuthorizationScopes : undefined,
    }
  })
}
