import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import { accessCookie, refreshCookie } from '../src/cookies/session-cookies.ts'
import {
  arrived,
  ask,
  cookieAuth,
  cookieIn,
  folder,
  forbidden,
  hello,
  invocations,
  pressed,
  reached,
  signedIn,
  withCode,
} from './cookie-auth.ts'

/** The pool's keys, and the login's own endpoints, as the journal and the faults name them. */
const keySet = 'cognitoidp.WellKnownRequest'
const hostedLogin = 'cognitoidp.HostedLogin'

const outage = { error: 'ServiceUnavailable', status: 503 }

cookieAuth.promise(
  5,
  'keys are fetched once; without them a warm authorizer goes on, and a cold one lets nobody in',
  async ({ aws, app }) => {
    const visitor = await signedIn(aws, app)
    const cookie = `${accessCookie}=${cookieIn(visitor, app, accessCookie)}`
    expect(callsOf(aws, keySet)).toBe(1)
    const loginsBefore = callsOf(aws, hostedLogin)
    const away = aws.faults.fail(keySet, outage)
    for (let count = 0; count < 5; count += 1)
      expect(await ask(aws, app, { cookie })).toEqual(hello)
    // What is let in costs no call of Cognito, neither for keys nor for anything else.
    expect([callsOf(aws, keySet), callsOf(aws, hostedLogin)]).toEqual([1, loginsBefore])

    await makeCold(aws, app.AuthorizerName)
    const before = invocations(aws, app.BackendName)
    expect(await ask(aws, app, { cookie })).toEqual(forbidden)
    expect(invocations(aws, app.BackendName)).toBe(before)

    away.end()
    await aws.clock.advance({ seconds: 30 })
    expect(await ask(aws, app, { cookie })).toEqual(hello)
  },
  { calm: 'which of its environments a function is asked in, and when one ends, is left open' },
)

function callsOf(aws: Aws, name: string): number {
  return aws.journal.entries.filter((entry) => entry.kind === 'call' && entry.name === name).length
}

/** A changed setting starts new environments. */
async function makeCold(aws: Aws, FunctionName: string): Promise<void> {
  await aws
    .client(LambdaClient)
    .send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: 512 }))
  await aws.clock.advance({ minutes: 1 })
}

cookieAuth.promise(
  13,
  'while Cognito is away sessions go on and nobody is thrown out; who was signing in loads the page again',
  async ({ aws, app }) => {
    const there = await signedIn(aws, app)
    const arriving = await withCode(aws, app)
    const callback = arriving.page.url.href
    const away = aws.faults.fail(hostedLogin, outage)
    await reached(arriving, () => arriving.open(callback))
    const notNow = [503, 'The login does not answer now']
    expect([arriving.page.status, arriving.page.heading]).toEqual(notNow)
    expect(cookieIn(arriving, app, accessCookie)).toBe('')

    await pressed(there, app, 'Stay signed in')
    expect([there.page.status, there.page.heading]).toEqual(notNow)
    expect(cookieIn(there, app, refreshCookie)).not.toBe('')
    await reached(there, () => there.follow('Back'))
    expect(there.page.heading).toBe('Hello from Lambda!')

    away.end()
    await arrived(arriving, () => arriving.open(callback))
    // A spent code led to a fresh one: this browser stops before the callback.
    if (arriving.page.status === 0) {
      await reached(arriving, () => arriving.open(arriving.page.url.href))
    }
    expect([arriving.page.status, arriving.page.heading]).toEqual([200, 'Hello from Lambda!'])
    await pressed(there, app, 'Stay signed in')
    expect(there.page.heading).toBe('Hello from Lambda!')
  },
)

cookieAuth.promise(
  16,
  'an authorizer that breaks down lets nobody in: 500, and the backend is not asked',
  async ({ aws, app }) => {
    const visitor = await signedIn(aws, app)
    const cookie = `${accessCookie}=${cookieIn(visitor, app, accessCookie)}`
    const before = invocations(aws, app.BackendName)
    await aws.client(LambdaClient).send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: app.AuthorizerName,
        Environment: { Variables: { CLIENT_ID: app.ClientId, ORIGIN: app.Url } },
      }),
    )
    await aws.clock.advance({ minutes: 1 })
    const answer = await ask(aws, app, { cookie })
    expect(answer).toEqual({ status: 500, body: { message: 'Internal Server Error' } })
    expect(invocations(aws, app.BackendName)).toBe(before)
  },
)

cookieAuth.promise(
  17,
  'what remembering costs: a token is let in up to the set time after its end, not longer',
  async ({ aws, app }) => {
    await aws.deploy(folder, { parameters: { AuthorizerCacheSeconds: '300' } })
    const visitor = await signedIn(aws, app)
    const cookie = `${accessCookie}=${cookieIn(visitor, app, accessCookie)}`
    await aws.clock.advance({ seconds: 3500 })
    expect(await ask(aws, app, { cookie })).toEqual(hello)
    await aws.clock.advance({ seconds: 200 })
    expect(await ask(aws, app, { cookie })).toEqual(hello)
    await aws.clock.advance({ seconds: 101 })
    expect(await ask(aws, app, { cookie })).toEqual(forbidden)

    // With nothing remembered it ends at its end.
    await aws.deploy(folder, { parameters: { AuthorizerCacheSeconds: '0' } })
    const next = await signedIn(aws, app)
    const fresh = `${accessCookie}=${cookieIn(next, app, accessCookie)}`
    await aws.clock.advance({ seconds: 3500 })
    expect(await ask(aws, app, { cookie: fresh })).toEqual(hello)
    await aws.clock.advance({ seconds: 101 })
    expect(await ask(aws, app, { cookie: fresh })).toEqual(forbidden)
    expect(await ask(aws, app)).toEqual(forbidden)
  },
)
