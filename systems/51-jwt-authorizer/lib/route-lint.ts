import { CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2'
import type { IConstruct } from 'constructs'

/** Routes that anyone could take, or anyone with a token: an app that has one is not synthesised. */
export function unguardedRoutes(scope: IConstruct): string[] {
  const found: string[] = []
  for (const route of scope.node.findAll()) {
    if (!(route instanceof CfnRoute)) continue
    const { routeKey, authorizationType, authorizationScopes = [] } = route
    if (authorizationType !== 'JWT') {
      found.push(`The route ${routeKey} has no JWT authorizer: give it one.`)
    } else if (authorizationScopes.length === 0) {
      found.push(`The route ${routeKey} takes any token of the issuer: name the scopes it needs.`)
    }
  }
  return found
}
