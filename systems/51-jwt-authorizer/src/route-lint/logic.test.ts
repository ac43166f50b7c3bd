import { expect, test } from 'vitest'
import { routesOf, unguardedRoutes } from './logic.ts'

const route = (Properties: object) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: { ApiId: 'api', ...Properties },
})

test('routes without authorizer or without scopes are found', () => {
  const template = {
    Resources: {
      Api: { Type: 'AWS::ApiGatewayV2::Api' },
      Open: route({ RouteKey: 'GET /open' }),
      Signed: route({ RouteKey: 'GET /signed', AuthorizationType: 'AWS_IAM' }),
      Any: route({ RouteKey: 'GET /any', AuthorizationType: 'JWT', AuthorizationScopes: [] }),
      Good: route({
        RouteKey: 'GET /good',
        AuthorizationType: 'JWT',
        AuthorizationScopes: [{ 'Fn::Join': ['', ['admin-', { Ref: 'Client' }]] }],
      }),
    },
  }
  expect(unguardedRoutes(routesOf(template))).toEqual([
    'The route GET /open has no JWT authorizer: give it one.',
    'The route GET /signed has no JWT authorizer: give it one.',
    'The route GET /any takes any token of the issuer: name the scopes it needs.',
  ])
})
