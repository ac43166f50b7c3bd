/**
 * How long a login takes in a browser: Chromium is open already; from the address of the login page by its true name, over
 * a form filled in and sent, back to the app, to the tokens that the app's page gets for the code (with PKCE).
 * Run: node bench/logins.ts, compiled. Without Chromium it says so and has no rows.
 */
import { createHash, randomBytes } from 'node:crypto'
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { type Aws, createAws } from '@cloud-orrery/vitest/aws'
import { type BrowserOfCloud, openBrowser } from '@cloud-orrery/vitest/browser'
import type { Page } from 'playwright-core'
import { processorMsBelow } from './processes/processor-time.ts'
import { median, printTable } from './table.ts'

const targetMs = 1_500
const logins = 9

const origin = 'https://bench.auth.us-east-1.amazoncognito.com'
const app = 'https://app.example.com'
const callback = `${app}/callback`
const password = 'Correct-horse-1'

/** A pool with a login domain, one person, and an app in the browser; the app's client id. */
async function newPool(aws: Aws): Promise<string> {
  const idp = aws.client(CognitoIdentityProviderClient)
  const { UserPool } = await idp.send(new CreateUserPoolCommand({ PoolName: 'bench' }))
  const UserPoolId = UserPool?.Id
  await idp.send(
    new CreateUserPoolDomainCommand({ UserPoolId, Domain: 'bench', ManagedLoginVersion: 2 }),
  )
  const { UserPoolClient } = await idp.send(
    new CreateUserPoolClientCommand({
      ...{ UserPoolId, ClientName: 'app', AllowedOAuthFlowsUserPoolClient: true },
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email'],
      CallbackURLs: [callback],
      SupportedIdentityProviders: ['COGNITO'],
    }),
  )
  const person = { UserPoolId, Username: 'ann' }
  await idp.send(new AdminCreateUserCommand({ ...person, MessageAction: 'SUPPRESS' }))
  await idp.send(
    new AdminSetUserPasswordCommand({ ...person, Password: password, Permanent: true }),
  )
  return UserPoolClient?.ClientId ?? ''
}

/** What the app's page has a script do: the code for tokens, across origins. */
async function exchanged({ url, form }: { url: string; form: string }): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
  })
  const { access_token } = (await answer.json()) as { access_token?: string }
  if (access_token === undefined) throw new Error(`no token: ${answer.status}`)
  return access_token
}

/** One login in a window that is open and knows nobody, in ms. */
async function login({ context }: BrowserOfCloud, page: Page, clientId: string): Promise<number> {
  await context.clearCookies()
  await page.goto('about:blank')
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: clientId, redirect_uri: callback, state: 's' },
    ...{ scope: 'openid email', code_challenge: challenge, code_challenge_method: 'S256' },
  })
  const startedAt = performance.now()
  await page.goto(`${origin}/oauth2/authorize?${query}`)
  await page.getByLabel('Username').fill('ann')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()
  const form = new URLSearchParams({
    ...{ grant_type: 'authorization_code', client_id: clientId, redirect_uri: callback },
    ...{ code: new URL(page.url()).searchParams.get('code') ?? '', code_verifier: verifier },
  })
  await page.evaluate(exchanged, { url: `${origin}/oauth2/token`, form: form.toString() })
  return performance.now() - startedAt
}

const aws = createAws({ clock: { kind: 'real' } })
aws.internet.host('app.example.com', () => ({
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>App</title><h1>Welcome</h1>',
}))
const clientId = await newPool(aws)
const browser = await openBrowser(aws)
if (browser === undefined) {
  process.stdout.write('logins: there is no Chromium here.\n')
} else {
  const page = await browser.newPage()
  const firstMs = await login(browser, page, clientId)
  const times: number[] = []
  const cpu = process.cpuUsage()
  const browsersMs = processorMsBelow(process.pid)
  for (let i = 0; i < logins; i += 1) times.push(await login(browser, page, clientId))
  const { user, system } = process.cpuUsage(cpu)
  const browserMs = (processorMsBelow(process.pid) - browsersMs) / logins
  const { engine } = browser
  await browser.close()
  const ms = median(times)
  const ownMs = (user + system) / 1000 / logins
  printTable('Logins', [
    {
      what: `hosted login in ${engine.split('.')[0]}, from its address to tokens in the app`,
      value: `${ms.toFixed(0)} ms (processor time ${ownMs.toFixed(0)} ms here and ${browserMs.toFixed(0)} ms in Chromium; the first ${firstMs.toFixed(0)} ms)`,
      target: `<= ${(targetMs / 1000).toFixed(1)} s`,
      ok: ms <= targetMs,
    },
  ])
}
aws.cloud.close()
