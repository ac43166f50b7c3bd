import { UpdateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { makeFunction, start as startFunctions } from '../../lambda/functions.test-support.ts'
import { decoded, password } from '../cognito.test-support.ts'
import { callback, startHosted } from './browser.test-support.ts'

type TriggerEvent = { triggerSource: string; response: Record<string, unknown> }

/** A login whose pool asks one function of everything. */
async function withTriggers(answer: (event: TriggerEvent) => unknown) {
  const seen: string[] = []
  const functions = await startFunctions({
    all: (event: TriggerEvent) => {
      seen.push(event.triggerSource)
      return answer(event)
    },
  } as never)
  const { FunctionArn = '' } = await makeFunction(functions, 'all', { Handler: 'all' })
  await functions.lambda.send(
    new AddPermissionCommand({
      ...{ FunctionName: 'all', StatementId: 'cognito', Action: 'lambda:InvokeFunction' },
      Principal: 'cognito-idp.amazonaws.com',
    }),
  )
  const made = await startHosted({}, {}, functions.cloud)
  await made.newUser('ana')
  await made.idp.send(
    new UpdateUserPoolCommand({
      UserPoolId: made.UserPoolId,
      LambdaConfig: {
        ...{ PreAuthentication: FunctionArn, PostAuthentication: FunctionArn },
        PreTokenGenerationConfig: { LambdaVersion: 'V2_0', LambdaArn: FunctionArn },
      },
    }),
  )
  await made.browser.open(made.authorizeUrl({ scope: 'openid' }))
  return { ...made, seen }
}

test('the functions of a pool hear of a login by page, and change its tokens', async () => {
  const { browser, post, ClientId, seen } = await withTriggers((event) =>
    event.triggerSource === 'TokenGeneration_HostedAuth'
      ? {
          ...event,
          response: {
            claimsAndScopeOverrideDetails: {
              idTokenGeneration: { claimsToAddOrOverride: { plan: 'gold' } },
              accessTokenGeneration: { scopesToAdd: ['tea'] },
            },
          },
        }
      : event,
  )
  const { url } = await browser.submit({ username: 'ana', password })
  const { body } = await post('/oauth2/token', {
    ...{ grant_type: 'authorization_code', client_id: ClientId, redirect_uri: callback },
    code: url.searchParams.get('code') ?? '',
  })
  const [id, access] = ['id_token', 'access_token'].map((name) => decoded(String(body?.[name])))
  expect([id?.['plan'], access?.['scope'], seen]).toEqual([
    'gold',
    'openid tea',
    [
      'PreAuthentication_Authentication',
      'PostAuthentication_Authentication',
      'TokenGeneration_HostedAuth',
    ],
  ])
})

test('a function may name a claim as objects call what they inherit', async () => {
  const text = '{"__proto__":"x","constructor":"y","toString":{"deep":"z"}}'
  const changes = { claimsToAddOrOverride: JSON.parse(text) as object }
  const { browser, post, ClientId } = await withTriggers((event) =>
    event.triggerSource === 'TokenGeneration_HostedAuth'
      ? {
          ...event,
          response: {
            claimsAndScopeOverrideDetails: {
              idTokenGeneration: changes,
              accessTokenGeneration: changes,
            },
          },
        }
      : event,
  )
  const { url } = await browser.submit({ username: 'ana', password })
  const { body } = await post('/oauth2/token', {
    ...{ grant_type: 'authorization_code', client_id: ClientId, redirect_uri: callback },
    code: url.searchParams.get('code') ?? '',
  })
  for (const name of ['id_token', 'access_token']) {
    const own = Object.entries(decoded(String(body?.[name]))).filter(([key]) => key in {})
    expect(own).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['toString', { deep: 'z' }],
    ])
  }
})

test('a function that refuses is quoted on the page; nobody is signed in', async () => {
  const { browser, authorizeUrl } = await withTriggers(() => {
    throw new Error('Not on Mondays')
  })
  await browser.submit({ username: 'ana', password })
  expect(browser.alert()).toBe('PreAuthentication failed with error Not on Mondays.')
  expect((await browser.open(authorizeUrl())).url.pathname).toBe('/login')
})
