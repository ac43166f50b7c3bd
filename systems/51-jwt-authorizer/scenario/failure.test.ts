import {
  AdminRemoveUserFromGroupCommand,
  AdminUserGlobalSignOutCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import {
  accessTokenStack,
  againWhenKilled,
  cognito,
  forbidden,
  get,
  helloAdmin,
  helloRegular,
  idTokenStack,
  jwtApis,
  type Outputs,
  otherIssuerStack,
  refusal,
  signIn,
  unauthorized,
} from './jwt-apis.ts'
import { audience, idpHost, OtherIssuer } from './other-issuer.ts'

jwtApis.promise(
  6,
  'a token ends after an hour; who leaves a group keeps it until then, and has lost it in the next token',
  async ({ aws, a }) => {
    const { IdToken, RefreshToken } = await signIn(aws, a, 'adminuser')
    const person = { UserPoolId: a['UserPoolId'], Username: 'adminuser' }
    await cognito(aws).send(new AdminRemoveUserFromGroupCommand({ ...person, GroupName: 'admin' }))
    await aws.clock.advance({ minutes: 30 })
    const refreshed = await refresh(aws, a, RefreshToken)
    expect(await get(aws, a, '/AdminUser', refreshed)).toEqual(forbidden)
    expect(await get(aws, a, '/RegularUser', refreshed)).toEqual(helloRegular)

    // The authorizer asks nobody: neither the group nor the sign-out reaches a token that is out.
    await cognito(aws).send(new AdminUserGlobalSignOutCommand(person))
    await expect(refresh(aws, a, RefreshToken)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    })
    expect(await get(aws, a, '/AdminUser', IdToken)).toEqual(helloAdmin)
    await aws.clock.advance({ minutes: 30, seconds: 1 })
    expect(await get(aws, a, '/AdminUser', IdToken)).toEqual(unauthorized)
    expect(await refusal(aws, a, '/AdminUser', IdToken)).toEqual([401, 'the token has expired'])
  },
)

async function refresh(aws: Aws, { ClientId }: Outputs, REFRESH_TOKEN: string): Promise<string> {
  const { AuthenticationResult } = await againWhenKilled(() =>
    cognito(aws).send(
      new InitiateAuthCommand({
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        ClientId,
        AuthParameters: { REFRESH_TOKEN },
      }),
    ),
  )
  return AuthenticationResult?.IdToken ?? ''
}

const scopes = {
  adminuser: [`admin-${audience}`, `regular-${audience}`],
  regularuser: [`regular-${audience}`],
  outsider: ['openid'],
}

jwtApis.promise(
  8,
  'oidc-provider as issuer: the same table; deleted, the stacks leave nothing',
  async ({ aws, other }) => {
    const provider = new OtherIssuer()
    aws.internet.host(idpHost, provider.answer)
    const table: Record<string, unknown> = {}
    for (const [subject, names] of Object.entries(scopes)) {
      const token = await provider.token({ subject, scopes: names, nowMs: aws.clock.now() })
      table[subject] = [
        (await get(aws, other, '/RegularUser', token)).status,
        (await get(aws, other, '/AdminUser', `Bearer ${token}`)).status,
      ]
    }
    expect(table).toEqual({ adminuser: [200, 200], regularuser: [200, 403], outsider: [403, 403] })

    for (const stack of [idTokenStack, accessTokenStack, otherIssuerStack]) {
      expect(await aws.destroy(stack)).toBe('DELETE_COMPLETE')
    }
    const left = aws
      .inventory()
      .filter((arn) => /jwt(id|access|other)|cognito|apigateway/i.test(arn))
    expect(left).toEqual([])
  },
)

jwtApis.promise(
  10,
  'keys are asked for once in two hours; an issuer that is away meanwhile is not missed',
  async ({ aws, other }) => {
    const provider = new OtherIssuer()
    aws.internet.host(idpHost, provider.answer)
    const status = async () => {
      const nowMs = aws.clock.now()
      const token = await provider.token({ subject: 'x', scopes: scopes.regularuser, nowMs })
      return (await get(aws, other, '/RegularUser', token)).status
    }
    expect([await status(), await status(), await status()]).toEqual([200, 200, 200])
    const once = { '/.well-known/openid-configuration': 1, '/jwks': 1 }
    expect(provider.fetched).toEqual(once)

    aws.internet.host(idpHost, () => ({ status: 503, headers: {}, body: '' }))
    await aws.clock.advance({ hours: 1, minutes: 59 })
    expect(await status()).toBe(200)
    await aws.clock.advance({ minutes: 1 })
    expect(await status()).toBe(401)
    aws.internet.host(idpHost, provider.answer)
    expect(await status()).toBe(200)
    expect(provider.fetched).toEqual({ '/.well-known/openid-configuration': 2, '/jwks': 2 })
  },
)

jwtApis.promise(
  11,
  'keys rotate under load: nobody is refused where the new key is shown two hours before it signs',
  async ({ aws, other }) => {
    const [before, announced, turned, after, hasty] = [
      new OtherIssuer([2026]),
      new OtherIssuer([2026, 2027]),
      new OtherIssuer([2027, 2026]),
      new OtherIssuer([2027]),
      new OtherIssuer([2028, 2027]),
    ]
    const call = async (provider: OtherIssuer) => {
      aws.internet.host(idpHost, provider.answer)
      const nowMs = aws.clock.now()
      const token = await provider.token({ subject: 'x', scopes: scopes.regularuser, nowMs })
      return await refusal(aws, other, '/RegularUser', token)
    }
    const during = async (hours: number, provider: OtherIssuer) => {
      for (let minutes = 0; minutes < hours * 60; minutes += 20) {
        expect(await call(provider)).toEqual([200, undefined])
        await aws.clock.advance({ minutes: 20 })
      }
    }
    await during(1, before)
    await during(2, announced)
    await during(3, turned)
    await during(1, after)

    // Without that time the new key is unknown until the kept set has had its two hours.
    expect(await call(hasty)).toEqual([401, 'unable to find the signing key of the token'])
    await aws.clock.advance({ hours: 2 })
    expect(await call(hasty)).toEqual([200, undefined])
  },
)

jwtApis.promise(
  12,
  'a trigger that fails gives no token without scopes: no token at all; tokens that are out go on',
  async ({ aws, a }) => {
    const { IdToken } = await signIn(aws, a, 'adminuser')
    const lambda = aws.client(LambdaClient)
    const FunctionName = aws
      .inventory()
      .find((arn) => /JwtIdTokenApi-PeopleGroupScopesFunction/.test(arn) && /:function:/.test(arn))
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Handler: 'index.lambdaHandler' }),
    )
    await aws.clock.advance({ minutes: 1 })
    await expect(signIn(aws, a, 'adminuser')).rejects.toMatchObject({
      name: 'UserLambdaValidationException',
      message: expect.stringContaining('index.lambdaHandler is undefined or not exported'),
    })
    expect(await get(aws, a, '/AdminUser', IdToken)).toEqual(helloAdmin)
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, Handler: 'index.handler' }),
    )
    await aws.clock.advance({ minutes: 1 })
    const { IdToken: next } = await signIn(aws, a, 'adminuser')
    expect(await get(aws, a, '/AdminUser', next)).toEqual(helloAdmin)
  },
)

jwtApis.promise(
  13,
  'an issuer with a typo shows at the deployment, not at the first token',
  async ({ aws, a }) => {
    const issuer = a['Issuer']?.replace('us-east-1', 'us-east1')
    const [stack] = await aws.tryDeploy(apiOf(issuer), { stackName: 'typo' })
    expect(stack?.status).toBe('ROLLBACK_COMPLETE')
    expect(aws.journal.failures(stack?.stackId ?? '')).toContain(
      `Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'`,
    )
  },
)

function apiOf(Issuer: string | undefined) {
  return {
    Resources: {
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'x', ProtocolType: 'HTTP' } },
      Authorizer: {
        Type: 'AWS::ApiGatewayV2::Authorizer',
        Properties: {
          ApiId: { Ref: 'Api' },
          Name: 'JWTAuth',
          AuthorizerType: 'JWT',
          IdentitySource: ['$request.header.Authorization'],
          JwtConfiguration: { Issuer, Audience: ['x'] },
        },
      },
    },
  }
}
