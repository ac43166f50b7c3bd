import { openBrowser, Visitor } from '@cloud-orrery/vitest/browser'
import { expect } from '@cloud-orrery/vitest/scenario'
import { accessCookie, loginCookie, refreshCookie } from '../src/cookies/session-cookies.ts'
import { weaknessesOf } from '../src/cookies/weaknesses.ts'
import { injected, openAttacker, openStoragePage, withHole } from './attackers.ts'
import {
  ada,
  answersOf,
  ask,
  askForAll,
  attemptsMax,
  cookieAuth,
  cookieIn,
  folder,
  forbidden,
  hello,
  invocations,
  newcomer,
  pressed,
  reached,
  setPassword,
  signedIn,
  withCode,
} from './cookie-auth.ts'
import { forgeries, tokenOfOtherClient, tokenOfOtherPool, tokensByHand } from './tokens.ts'

cookieAuth.promise(
  2,
  'no cookie, other cookies, another name, two of the same: 403, and the backend is not asked',
  async ({ aws, app }) => {
    const token = cookieIn(await signedIn(aws, app), app, accessCookie)
    const before = invocations(aws, app.BackendName)
    const good = `${accessCookie}=${token}`
    const cookies = [
      undefined,
      'theme=dark; lang=en',
      `x${good}`,
      `accessToken=${token}`,
      `xaccessToken=${token}`,
      `theme=${good}`,
      `${accessCookie.toLowerCase()}=${token}`,
      `${accessCookie}=`,
      `${good}; ${good}`,
      `${good}; ${accessCookie}=other`,
    ]
    for (const cookie of cookies) {
      const answer = await ask(aws, app, cookie === undefined ? {} : { cookie })
      expect([cookie, answer]).toEqual([cookie, forbidden])
    }
    // Nor is it a bearer token: the browser's cookie is the one way in.
    const headers = { authorization: `Bearer ${token}` }
    expect(await ask(aws, app, { headers })).toEqual(forbidden)
    expect(invocations(aws, app.BackendName)).toBe(before)
    expect(await ask(aws, app, { cookie: `theme=dark; ${good}` })).toEqual(hello)
  },
)

cookieAuth.promise(
  3,
  'a callback without a code: 400; with a used, late or foreign code: 401 or 400, and no token',
  async ({ aws, app }) => {
    const visitor = await withCode(aws, app)
    const { pathname, search } = visitor.page.url
    const login = `${loginCookie}=${cookieIn(visitor, app, loginCookie)}`
    const callback = async (path: string, cookie = login) => {
      const { status, text, headers } = await askForAll(aws, app.Url, { path, cookie })
      const set = headers.getSetCookie().filter((line) => !line.includes('Max-Age=0'))
      const kept = set.map((line) => line.slice(0, line.indexOf('=')))
      const heading = /<h1>(.*)<\/h1>/.exec(text)?.[1]
      return [status, heading ?? text, kept]
    }
    expect(await callback(pathname)).toEqual([400, 'code query param required', []])
    const wrongState = search.replace('state=', 'state=x')
    const elsewhere = [400, 'This login cannot be finished here', []]
    expect(await callback(`${pathname}${wrongState}`)).toEqual(elsewhere)
    expect(await callback(`${pathname}${search.replace(/&?state=[^&]*/, '')}`)).toEqual(elsewhere)
    expect(await callback(`${pathname}?error=access_denied&state=x`)).toEqual([
      401,
      'The login was not finished',
      [],
    ])
    // Nothing of that has spent the code.
    const tokens = ['__Host-accessToken', '__Secure-refreshToken']
    expect(await callback(`${pathname}${search}`)).toEqual([302, '', tokens])
    const tooLate = [401, 'Please sign in again', []]
    expect(await callback(`${pathname}${search}`)).toEqual(tooLate)

    const late = await withCode(aws, app)
    await aws.clock.advance({ seconds: 301 })
    const cookie = `${loginCookie}=${cookieIn(late, app, loginCookie)}`
    expect(await callback(`${pathname}${late.page.url.search}`, cookie)).toEqual(tooLate)
  },
  { calm: 'an answer that is lost spends the code: the login begins again' },
)

cookieAuth.promise(
  4,
  'a forged token, an ID token, a token of another client or pool, a token past its hour: 403',
  async ({ aws, app }) => {
    const { idToken, accessToken } = await tokensByHand(aws, app, await withCode(aws, app))
    const status = async (token: string) =>
      (await ask(aws, app, { cookie: `${accessCookie}=${token}` })).status
    const cases: Record<string, string> = {
      ...(await forgeries(aws, app, accessToken)),
      idToken,
      otherClient: await tokenOfOtherClient(aws, app),
      otherPool: await tokenOfOtherPool(aws),
    }
    const found: Record<string, number> = {}
    for (const [name, token] of Object.entries(cases)) {
      expect(token.split('.').length).toBeGreaterThan(1)
      found[name] = await status(token)
    }
    const all = Object.keys(cases).map((name) => [name, 403])
    expect(found).toEqual(Object.fromEntries(all))
    expect(invocations(aws, app.BackendName)).toBe(0)

    expect(await status(accessToken)).toBe(200)
    await aws.clock.advance({ seconds: 3601 })
    expect(await status(accessToken)).toBe(403)
  },
)

cookieAuth.promise(
  8,
  'nobody is signed in by someone else’s code, and nobody by a code that was stolen',
  async ({ aws, app }) => {
    await setPassword(aws, app, { ...newcomer, password: ada.password })
    const attacker = await withCode(aws, app, { ...newcomer, password: ada.password })

    // Login CSRF: a link that would have the victim work in the attacker's account.
    const victim = new Visitor(aws)
    await reached(victim, () => victim.open(attacker.page.url.href))
    expect([victim.page.status, victim.page.heading]).toEqual([
      400,
      'This login cannot be finished here',
    ])
    expect(victim.cookies()).toEqual([])

    // Code injection: a code from the victim's address bar, in a login that the attacker began.
    const code = (await withCode(aws, app)).page.url.searchParams.get('code') ?? ''
    const stolen = new URL(attacker.page.url)
    stolen.searchParams.set('code', code)
    const cookie = `${loginCookie}=${cookieIn(attacker, app, loginCookie)}`
    const { status, headers } = await askForAll(aws, app.Url, {
      path: `${stolen.pathname}${stolen.search}`,
      cookie,
    })
    expect([status, headers.getSetCookie()]).toEqual([
      401,
      ['__Host-login=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax'],
    ])

    // A login that is not ours: the state's signature does not fit, or it is too old.
    const path = `${attacker.page.url.pathname}${attacker.page.url.search}`
    const [text = '', signature = ''] = cookie.split('.')
    const forged = `${text}.${signature.slice(1)}A`
    expect((await ask(aws, app, { path, cookie: forged })).status).toBe(400)
    await aws.clock.advance({ seconds: 601 })
    expect((await ask(aws, app, { path, cookie })).status).toBe(400)
  },
)

cookieAuth.promise(
  12,
  'what changes something is taken from our own pages alone, even where the cookie comes along',
  async ({ aws, app }) => {
    const visitor = await signedIn(aws, app)
    const evil = 'https://evil.example/win'
    for (const path of ['/orders', '/oauth2/refresh', '/oauth2/refresh/logout']) {
      const lured = () => visitor.submitFrom(evil, `${app.Url}${path}`, { item: 'gold' })
      let shown = await lured()
      for (let times = 1; shown.status === 500 && times < attemptsMax; times += 1)
        shown = await lured()
      expect([path, shown.status, shown.text]).toEqual([path, 403, '{"message":"Forbidden"}'])
    }
    // An old browser, or a neighbouring host of the same site: SameSite does not hold the cookie back.
    const cookie = visitor
      .cookies(`${app.Url}/oauth2/refresh`)
      .map((one) => one.cookieString())
      .join('; ')
    await aws.deploy(folder, { parameters: { AuthorizerCacheSeconds: '300' } })
    const answered: Record<string, number> = {}
    const origins: Record<string, Record<string, string>> = {
      stranger: { origin: 'https://evil.example' },
      hidden: { origin: 'null' },
      longerName: { origin: `${app.Url}.evil.example` },
      plainHttp: { origin: app.Url.replace('https:', 'http:') },
      neighbour: { origin: app.Url, 'sec-fetch-site': 'same-site' },
      silent: {},
    }
    const good = { origin: app.Url }
    const order = { method: 'POST', path: '/orders', cookie, form: { item: 'gold' } }
    // Remembering that the cookie is good must not let a strange page in.
    expect((await ask(aws, app, { ...order, headers: good })).status).toBe(201)
    const before = invocations(aws, app.BackendName)
    for (const [name, headers] of Object.entries(origins)) {
      for (const path of ['/orders', '/oauth2/refresh', '/oauth2/refresh/logout']) {
        const { status } = await ask(aws, app, { ...order, path, headers })
        answered[`${name} ${path}`] = status
      }
    }
    expect(Object.values(answered)).toEqual(Array.from({ length: 18 }, () => 403))
    expect(invocations(aws, app.BackendName)).toBe(before)
    // The session is as it was.
    await reached(visitor, () => visitor.open(`${app.Url}/`))
    await pressed(visitor, app, 'Order', { item: 'tea' })
    expect([visitor.page.status, visitor.page.heading]).toEqual([201, 'Ordered'])
  },
)

cookieAuth.promise(
  14,
  'a script in the page finds no token and a strange form is refused; beside it localStorage is emptied',
  async ({ aws, app }) => {
    const { formPage, loot } = openAttacker(aws, `${app.Url}/orders`)
    const browser = await openBrowser(aws)
    if (browser === undefined) {
      const visitor = await signedIn(aws, app)
      expect(visitor.scriptCookies).toBe('')
      await visitor.open(formPage)
      await visitor.submit()
      expect(visitor.page.text).toBe('{"message":"Forbidden"}')
      return
    }
    const page = await browser.newPage()
    await page.goto(`${app.Url}/oauth2/login`)
    await page.getByLabel('Email address').fill(ada.username)
    await page.getByLabel('Password').fill(ada.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Hello from Lambda!' }).waitFor()

    // Let in against the page's policy, the script still cannot send anything home, and would have nothing to send.
    await page.evaluate(injected)
    await page.waitForFunction(`document.title === 'robbed'`)
    expect(loot).toEqual([])
    expect(await page.evaluate('[document.cookie, localStorage.length]')).toEqual(['', 0])

    await page.goto(formPage)
    await page.getByRole('button', { name: 'Take it' }).click()
    await page.getByText('{"message":"Forbidden"}').waitFor()

    // The same script, where the token is the page's own to keep.
    const { accessToken } = await tokensByHand(aws, app, await withCode(aws, app))
    const storagePage = openStoragePage(aws)
    await page.goto(storagePage)
    await page.evaluate(`localStorage.setItem('accessToken', '${accessToken}')`)
    await page.goto(withHole(storagePage))
    await page.waitForFunction(`document.title === 'robbed'`)
    expect(loot).toEqual([{ cookies: '', storage: { accessToken } }])
    const headers = { authorization: `Bearer ${loot[0]?.storage['accessToken']}` }
    const known = await aws.fetch(`${app.LoginUrl}/oauth2/userInfo`, { headers })
    expect(known.status).toBe(200)
    await browser.close()
  },
)

cookieAuth.promise(
  19,
  'no answer of the app sets a weak cookie, is kept by a cache or runs a stranger’s script (OWASP)',
  async ({ aws, app }) => {
    const visitor = await signedIn(aws, app)
    await pressed(visitor, app, 'Order', { item: '<script>alert(1)</script>' })
    await visitor.follow('Back')
    await pressed(visitor, app, 'Stay signed in')
    await pressed(visitor, app, 'Sign out')
    await reached(visitor, () => visitor.open('/oauth2/session.js'))
    for (const search of ['', '?code=x', '?error=access_denied']) {
      await reached(visitor, () => visitor.open(`${app.Url}/oauth2/callback${search}`))
    }
    const asked = { method: 'POST', path: '/oauth2/refresh', headers: { origin: app.Url } }
    await ask(aws, app, asked)
    await ask(aws, app, { ...asked, cookie: `${refreshCookie}=none` })

    // Where a function breaks down, API Gateway answers: it sets nothing and says nothing.
    const answers = answersOf(aws).filter(({ status }) => status !== 500)
    const statuses = new Set(answers.map(({ status }) => status))
    expect([...statuses].sort()).toEqual([200, 201, 302, 303, 400, 401])
    expect(answers.flatMap(({ cookies = [] }) => cookies).length).toBeGreaterThan(10)
    expect(answers.flatMap(({ cookies = [] }) => cookies.flatMap(weaknessesOf))).toEqual([])
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'same-origin',
        'strict-transport-security': 'max-age=63072000',
        'x-content-type-options': 'nosniff',
      })
      const policy = headers['content-security-policy'] ?? ''
      if (headers['content-type']?.startsWith('text/html') !== true) continue
      expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/)
      expect(policy).not.toContain('unsafe')
    }
    // What people write is shown as they wrote it.
    const pages = answers.map(({ text }) => text).join()
    expect(pages).toContain('&lt;script&gt;alert(1)&lt;/script&gt; is on its way.')
    expect(pages).not.toContain('<script>alert')
  },
)
