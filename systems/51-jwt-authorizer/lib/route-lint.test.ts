import { App, Stack } from 'aws-cdk-lib'
import { CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2'
import { expect, test } from 'vitest'
import { unguardedRoutes } from './route-lint.ts'

test('routes without authorizer or without scopes are found', () => {
  const stack = new Stack(new App(), 'Routes')
  const route = (routeKey: string, rest: object) =>
    new CfnRoute(stack, routeKey.slice(5), { apiId: 'api', routeKey, ...rest })
  route('GET /open', {})
  route('GET /any', { authorizationType: 'JWT' })
  route('GET /good', { authorizationType: 'JWT', authorizationScopes: ['admin-c1'] })
  expect(unguardedRoutes(stack)).toEqual([
    'The route GET /open has no JWT authorizer: give it one.',
    'The route GET /any takes any token of the issuer: name the scopes it needs.',
  ])
})
