import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, test } from 'vitest'
import { type Aws, createAws } from '../aws.ts'
import { openBrowser } from './chromium.ts'
import { Visitor } from './visitor.ts'

const callback = 'https://app.example/back'
const password = 'Str0ng-enough-for-all'

/** A pool with a login page and one person; its login's address. */
async function login(aws: Aws): Promise<string> {
  const idp = aws.client(CognitoIdentityProviderClient)
  const { UserPool: { Id: UserPoolId } = {} } = await idp.send(
    new CreateUserPoolCommand({ PoolName: 'people' }),
  )
  await idp.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain: 'people' }))
  const { UserPoolClient: { ClientId = '' } = {} } = await idp.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'app',
      AllowedOAuthFlows: ['code'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: ['openid'],
      CallbackURLs: [callback],
      SupportedIdentityProviders: ['COGNITO'],
    }),
  )
  const person = { UserPoolId, Username: 'ada' }
  await idp.send(new AdminCreateUserCommand({ ...person, MessageAction: 'SUPPRESS' }))
  await idp.send(
    new AdminSetUserPasswordCommand({ ...person, Password: password, Permanent: true }),
  )
  const query = new URLSearchParams({
    client_id: ClientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: callback,
    state: 's1',
  })
  return `https://people.auth.us-east-1.amazoncognito.com/oauth2/authorize?${query}`
}

const html = (body: string) => ({
  status: 200,
  headers: { 'content-type': 'text/html' },
  body,
})

describe('a visitor', () => {
  test('signs in at the login page and arrives at the app with a code', async () => {
    const aws = createAws()
    aws.internet.host('app.example', () => html('<h1>Welcome</h1>'))
    const visitor = new Visitor(aws)
    await visitor.open(await login(aws))
    await visitor.submit({ username: 'ada', password })
    expect(visitor.page.heading).toBe('Welcome')
    expect(visitor.page.url.searchParams.get('state')).toBe('s1')
    // The session of the login page is kept from scripts, and from other sites.
    expect(visitor.scriptCookies).toBe('')
    aws.cloud.close()
  })

  test('stops before an address that is not to be asked for', async () => {
    const aws = createAws()
    const visitor = new Visitor(aws, { stopAt: ({ host }) => host === 'app.example' })
    await visitor.open(await login(aws))
    await visitor.submit({ username: 'ada', password })
    expect([visitor.page.status, visitor.page.url.host]).toEqual([0, 'app.example'])
    aws.cloud.close()
  })

  test('keeps cookies until their model time is over', async () => {
    const aws = createAws()
    aws.internet.host('app.example', () => html(''))
    const visitor = new Visitor(aws)
    await visitor.open('https://app.example/')
    visitor.setCookie('a=1; Max-Age=60')
    visitor.setCookie('b=2; HttpOnly')
    expect(visitor.scriptCookies).toBe('a=1')
    await aws.clock.advance({ seconds: 61 })
    expect(visitor.cookies().map(({ key }) => key)).toEqual(['b'])
    visitor.setCookie('b=; Max-Age=0')
    expect(visitor.cookies()).toEqual([])
    aws.cloud.close()
  })

  test('sends Lax cookies with links of other sites, not with their forms or scripts', async () => {
    const aws = createAws()
    const seen: (string | undefined)[] = []
    aws.internet.host('app.example', ({ headers }) => {
      seen.push(headers['cookie'])
      return html('')
    })
    aws.internet.host('evil.example', () => html('<a href="https://app.example/">win</a>'))
    const visitor = new Visitor(aws)
    visitor.setCookie('lax=1', 'https://app.example/')
    visitor.setCookie('strict=1; SameSite=Strict', 'https://app.example/')
    visitor.setCookie('none=1; SameSite=None; Secure', 'https://app.example/')
    await visitor.open('https://evil.example/')
    await visitor.script('https://app.example/')
    await visitor.script('https://app.example/', { credentials: 'include' })
    await visitor.follow('win')
    await visitor.submitFrom('https://evil.example/', 'https://app.example/', { a: '1' })
    await visitor.open('https://app.example/')
    expect(seen).toEqual([
      undefined,
      'none=1',
      'lax=1; none=1',
      'none=1',
      'lax=1; strict=1; none=1',
    ])
    aws.cloud.close()
  })

  test('drops a cookie that its prefix forbids', () => {
    const aws = createAws()
    const visitor = new Visitor(aws)
    const at = 'https://app.example/'
    visitor.setCookie('__Host-a=1; Secure; Path=/', at)
    visitor.setCookie('__Host-b=1; Secure; Path=/; Domain=app.example', at)
    visitor.setCookie('__Host-c=1; Path=/', at)
    visitor.setCookie('other=1; Domain=bank.example', at)
    expect(visitor.cookies(at).map(({ key }) => key)).toEqual(['__Host-a'])
    aws.cloud.close()
  })

  test('says which form it does not find', async () => {
    const aws = createAws()
    aws.internet.host('app.example', () => html('<h1>Nothing here</h1>'))
    const visitor = new Visitor(aws)
    await visitor.open('https://app.example/x')
    expect(() => visitor.submit({ code: '1' })).toThrow(
      'There is no form with code at https://app.example/x: Nothing here',
    )
    aws.cloud.close()
  })
})

test('Chromium signs in by true names, with TLS that it verifies (the visitor alone where there is no Chromium)', {
  timeout: 60_000,
}, async ({ skip }) => {
  const aws = createAws()
  aws.internet.host('app.example', () => html('<h1>Welcome</h1>'))
  const address = await login(aws)
  const browser = await openBrowser(aws)
  if (browser === undefined) return skip('there is no Chromium here')
  const page = await browser.newPage()
  await page.goto(address)
  await page.getByLabel('Username').fill('ada')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()
  expect(new URL(page.url()).host).toBe('app.example')
  await browser.close()
  expect([...aws.engines]).toEqual([browser.engine])
  aws.cloud.close()
})

test('a browser that was forgotten ends with its cloud (skipped where there is no Chromium)', {
  timeout: 60_000,
}, async ({ skip }) => {
  const aws = createAws()
  const opened = await openBrowser(aws)
  if (opened === undefined) return skip('there is no Chromium here')
  const gone = new Promise((resolve) => opened.browser.once('disconnected', resolve))
  aws.cloud.close()
  await gone
})
