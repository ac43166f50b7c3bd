import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { AdminUserGlobalSignOutCommand } from '@aws-sdk/client-cognito-identity-provider'
import { openBrowser, Visitor } from '@cloud-orrery/vitest/browser'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import { accessCookie, refreshCookie } from '../src/cookies/session-cookies.ts'
import {
  ada,
  arrived,
  ask,
  cognito,
  cookieAuth,
  cookieIn,
  folder,
  forbidden,
  hello,
  invocations,
  newcomer,
  type Outputs,
  pressed,
  reached,
  signedIn,
  stackName,
  unauthorized,
} from './cookie-auth.ts'

const chosen = 'A-password-0f-my-own'

cookieAuth.promise(
  1,
  'a login in a browser ends on / with the greeting; the token is a cookie that no script reads',
  async ({ aws, app }) => {
    const browser = await openBrowser(aws)
    if (browser === undefined) return await firstLoginWithoutScripts(aws, app)
    const page = await browser.newPage()
    await page.clock.install()
    await page.goto(`${app.Url}/oauth2/login`)
    await page.getByLabel('Email address').fill(newcomer.username)
    await page.getByLabel('Password').fill(newcomer.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('New password', { exact: true }).fill(chosen)
    await page.getByLabel('Repeat the new password').fill(chosen)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'Hello from Lambda!' }).waitFor()
    expect(page.url()).toBe(`${app.Url}/`)

    const kept = (await browser.context.cookies(`${app.Url}/`)).map(
      ({ name, httpOnly, secure, sameSite, path }) => ({ name, httpOnly, secure, sameSite, path }),
    )
    const attributes = { httpOnly: true, secure: true, sameSite: 'Lax', path: '/' }
    expect(kept).toEqual([{ name: accessCookie, ...attributes }])
    expect(await page.evaluate('document.cookie')).toBe('')
    // A script of the page may use the session and see what it gives, not what it is.
    expect(await page.evaluate(`fetch('/').then((answer) => answer.json())`)).toBe(hello.body)

    // The page renews its session by itself, five minutes before the hour.
    const renewal = page.waitForResponse(`${app.Url}/oauth2/refresh`)
    await page.clock.fastForward('56:00')
    expect((await renewal).status()).toBe(200)

    await page.getByRole('button', { name: 'Stay signed in' }).click()
    await page.getByLabel('What shall it be?').fill('tea')
    await page.getByRole('button', { name: 'Order' }).click()
    await page.getByText('tea is on its way.').waitFor()
    await page.getByRole('link', { name: 'Back' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Signed out' }).waitFor()
    expect(await browser.context.cookies(`${app.Url}/oauth2/refresh`)).toEqual([])
    await browser.close()
  },
)

/** The same where there is no Chromium, and wherever one seed is to give one journal. */
async function firstLoginWithoutScripts(aws: Aws, app: Outputs): Promise<void> {
  const visitor = new Visitor(aws)
  await reached(visitor, () => visitor.open(`${app.Url}/oauth2/login`))
  await visitor.submit({ ...newcomer })
  expect(visitor.page.heading).toBe('Change your password')
  await arrived(visitor, () => visitor.submit({ new_password: chosen, repeated: chosen }))
  expect([visitor.page.url.href, visitor.page.heading]).toEqual([
    `${app.Url}/`,
    'Hello from Lambda!',
  ])
  const kept = visitor.cookies().map(({ key, httpOnly, secure, sameSite, path, hostOnly }) => ({
    ...{ key, httpOnly, secure, sameSite, path, hostOnly },
  }))
  const attributes = { httpOnly: true, secure: true, sameSite: 'lax', path: '/', hostOnly: true }
  expect(kept).toEqual([{ key: accessCookie, ...attributes }])
  expect(visitor.scriptCookies).toBe('')
}

cookieAuth.promise(
  18,
  'without Chromium the same login is driven over HTTP, by forms and links alone',
  async ({ aws, app }) => {
    await firstLoginWithoutScripts(aws, app)
    const again = await signedIn(aws, app, { ...newcomer, password: chosen })
    const cookie = `${accessCookie}=${cookieIn(again, app, accessCookie)}`
    expect(await ask(aws, app, { cookie })).toEqual(hello)
  },
)

cookieAuth.promise(
  6,
  'remembered for 300 seconds: one judgement for equal cookies, a new one for an added cookie; no cookie: 401',
  async ({ aws, app }) => {
    const visitor = await signedIn(aws, app)
    const cookie = `${accessCookie}=${cookieIn(visitor, app, accessCookie)}`
    await remember(aws, 300)
    const judged = async (asked?: string) => {
      const before = invocations(aws, app.AuthorizerName)
      const answer = await ask(aws, app, asked === undefined ? {} : { cookie: asked })
      return [answer, invocations(aws, app.AuthorizerName) - before]
    }
    expect(await judged(cookie)).toEqual([hello, 1])
    expect(await judged(cookie)).toEqual([hello, 0])
    expect(await judged(`theme=dark; ${cookie}`)).toEqual([hello, 1])
    await aws.clock.advance({ seconds: 301 })
    expect(await judged(cookie)).toEqual([hello, 1])
    expect(await judged()).toEqual([unauthorized, 0])
    expect(await judged('theme=dark')).toEqual([forbidden, 1])
  },
)

/** `cdk deploy --parameters AuthorizerCacheSeconds=300` */
async function remember(aws: Aws, seconds: number): Promise<void> {
  await aws.deploy(folder, { parameters: { AuthorizerCacheSeconds: String(seconds) } })
}

cookieAuth.promise(
  7,
  'deleted, the stack leaves nothing: no pool, domain, API, function or log group',
  async ({ aws, app }) => {
    await signedIn(aws, app)
    await ask(aws, app)
    await aws.clock.advance({ minutes: 1 })
    expect(await aws.destroy(stackName)).toBe('DELETE_COMPLETE')
    const left = aws
      .inventory()
      .filter((arn) => /cookieauth|cognito|apigateway|secret:|:function:|log-group/i.test(arn))
    expect(left).toEqual([])
    const logs = await aws.client(CloudWatchLogsClient).send(new DescribeLogGroupsCommand({}))
    expect(logs.logGroups).toEqual([])
  },
)

cookieAuth.promise(
  9,
  'a session goes on by fresh tokens, for twelve hours; an old refresh token is of no use',
  async ({ aws, app }) => {
    const visitor = await signedIn(aws, app)
    const refreshTokens = new Set<string>()
    for (let minutes = 0; minutes < 11 * 60; minutes += 55) {
      refreshTokens.add(cookieIn(visitor, app, refreshCookie))
      await aws.clock.advance({ minutes: 55 })
      await pressed(visitor, app, 'Stay signed in')
      expect([visitor.page.url.pathname, visitor.page.status]).toEqual(['/', 200])
    }
    expect(refreshTokens.size).toBe(12)

    const [first = ''] = refreshTokens
    const headers = { origin: app.Url }
    const asked = { method: 'POST', path: '/oauth2/refresh', headers }
    const stolen = await ask(aws, app, { ...asked, cookie: `${refreshCookie}=${first}` })
    expect(stolen).toEqual(unauthorized)

    // The first login counts: twelve hours after it somebody has to type a password.
    await aws.clock.advance({ hours: 1, seconds: 1 })
    const last = cookieIn(visitor, app, refreshCookie)
    expect(await ask(aws, app, { ...asked, cookie: `${refreshCookie}=${last}` })).toEqual(
      unauthorized,
    )
    await reached(visitor, () => visitor.open(`${app.Url}/`))
    expect(visitor.page.status).toBe(403)
    await reached(visitor, () => visitor.open(`${app.Url}/oauth2/login`))
    expect(visitor.page.heading).toBe('Sign in')
  },
  { calm: 'a cold authorizer that gets no keys lets nobody in, whatever the session' },
)

cookieAuth.promise(
  10,
  'signing out revokes the tokens, empties the browser and ends the login page’s own session',
  async ({ aws, app }) => {
    const visitor = await signedIn(aws, app)
    const refreshToken = cookieIn(visitor, app, refreshCookie)
    // Who is known at the login page comes back without a password.
    await arrived(visitor, () => visitor.open(`${app.Url}/oauth2/login`))
    expect(visitor.page.heading).toBe('Hello from Lambda!')
    const newer = cookieIn(visitor, app, refreshCookie)

    await pressed(visitor, app, 'Sign out')
    expect([visitor.page.url.href, visitor.page.heading]).toEqual([
      `${app.Url}/oauth2/signed-out`,
      'Signed out',
    ])
    expect(visitor.cookies(`${app.Url}/oauth2/refresh`)).toEqual([])
    await reached(visitor, () => visitor.open(`${app.Url}/`))
    expect(visitor.page.status).toBe(403)
    await reached(visitor, () => visitor.open(`${app.Url}/oauth2/login`))
    expect(visitor.page.heading).toBe('Sign in')

    const refreshed = async (token: string) => {
      const asked = { method: 'POST', path: '/oauth2/refresh', headers: { origin: app.Url } }
      return (await ask(aws, app, { ...asked, cookie: `${refreshCookie}=${token}` })).status
    }
    // Each login has tokens of its own: the one that ended is the one that signed out.
    expect([await refreshed(newer), await refreshed(refreshToken)]).toEqual([401, 200])
  },
)

cookieAuth.promise(
  11,
  'signed out everywhere by an operator, no browser gets fresh tokens, and all are out within the hour',
  async ({ aws, app }) => {
    const person = { UserPoolId: app.UserPoolId, Username: ada.username }
    const [first, second] = [await signedIn(aws, app), await signedIn(aws, app)]
    await aws.clock.advance({ minutes: 30 })
    await cognito(aws).send(new AdminUserGlobalSignOutCommand(person))
    for (const visitor of [first, second]) {
      // The authorizer asks nobody: what is out is good until its end.
      await reached(visitor, () => visitor.open(`${app.Url}/`))
      expect(visitor.page.heading).toBe('Hello from Lambda!')
    }
    await pressed(first, app, 'Stay signed in')
    expect([first.page.status, first.page.heading]).toEqual([401, 'This session has ended'])
    expect(first.cookies(`${app.Url}/oauth2/refresh`)).toEqual([])

    await aws.clock.advance({ minutes: 30, seconds: 1 })
    for (const visitor of [first, second]) {
      await reached(visitor, () => visitor.open(`${app.Url}/`))
      expect([visitor.page.status, visitor.page.text]).toEqual([403, '{"message":"Forbidden"}'])
      // Cognito leaves the login page's own session alone, which ends by then too.
      await reached(visitor, () => visitor.open(`${app.Url}/oauth2/login`))
      expect(visitor.page.heading).toBe('Sign in')
    }
  },
)

cookieAuth.promise(
  15,
  'the same seed gives the same journal: states, codes, tokens and cookies included',
  async ({ aws, app }) => {
    const twin = aws.fork()
    const cookies: string[] = []
    for (const timeline of [aws, twin]) {
      const visitor = await signedIn(timeline, app)
      await pressed(visitor, app, 'Stay signed in')
      cookies.push(visitor.cookies(`${app.Url}/oauth2/refresh`).join('\n'))
      await timeline.clock.advance({ minutes: 5 })
    }
    expect(cookies[1]).toBe(cookies[0])
    expect(twin.journal.digest()).toBe(aws.journal.digest())
    twin.cloud.close()
  },
)
