import { type BrowserOfCloud, openBrowser, Visitor } from '@cloud-orrery/vitest/browser'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import { notYours } from '../src/access/decision.ts'
import {
  againWhileDown,
  claims,
  get,
  type Outputs,
  ok,
  ours,
  password,
  recordsOf,
} from './claims.ts'
import { authorizeUrl, codeFor, redeem, signedIn } from './login.ts'

claims.promise(
  15,
  'a person signs in at the page, sees the claim, opens what is theirs and is refused the rest',
  async ({ aws, today }) => {
    const browser = await openBrowser(aws)
    if (browser === undefined) return await byHand(aws, today)
    try {
      await inChromium(await browser.newPage(), today)
    } finally {
      await browser.close()
    }
  },
)

type Page = Awaited<ReturnType<BrowserOfCloud['newPage']>>

/** Clicks and types as a person does. */
async function inChromium(page: Page, today: Outputs): Promise<void> {
  const troubles: string[] = []
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
  await page.goto(`${today['Url']}/`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Username').fill('user1')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Show Token Detail' }).click()
  expect(page.url()).toBe(`${today['Url']}/`)
  const shown = JSON.parse(await page.getByLabel('Decoded ID token').inputValue())
  expect(shown).toMatchObject({ userName: 'user1', projects: 'P100,P200' })

  await page.getByRole('button', { name: 'P100' }).click()
  const rows = page.locator('#records tr')
  await rows.first().waitFor()
  const cells = recordsOf('P100').map(({ projectId, itemId, title }) => projectId + itemId + title)
  expect(await rows.allTextContents()).toEqual(cells)
  expect(troubles).toEqual([])
  await page.getByLabel('Any project').fill('P300')
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByText(notYours('P300')).waitFor()

  await page.getByRole('button', { name: 'Call', exact: true }).click()
  await page.locator('#designs tr').nth(1).waitFor()
  const compared = await page.locator('#designs td:nth-child(-n + 3)').allTextContents()
  expect(compared).toEqual(['By the claim', '10', '0', 'Standard: a lookup a call', '10', '10'])
  const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'
  expect(await page.evaluate(kept)).toBe('[{},{},""]')
}

/** The same without Chromium: the page's own steps, one by one. */
async function byHand(aws: Aws, today: Outputs): Promise<void> {
  const visitor = new Visitor(aws)
  await againWhileDown(() => visitor.open(`${today['Url']}/`))
  expect(visitor.page.heading).toBe('Your projects')
  const { tokens } = await signedIn(aws, today)
  expect(ours(tokens.idToken)).toEqual({ userName: 'user1', projects: 'P100,P200' })
  const { accessToken } = tokens
  expect(await get(aws, today, '/projects/P100/items', accessToken)).toEqual(ok('P100'))
  expect((await get(aws, today, '/projects/P300/items', accessToken)).status).toBe(403)
}

claims.promise(
  16,
  'a code is worth nothing without its verifier, twice, or elsewhere; tokens are never in an address',
  async ({ aws, today }) => {
    const attempt = async (changes: Record<string, string>) => {
      const { status, error } = await redeem(aws, today, await codeFor(aws, today), changes)
      return `${status} ${error}`
    }
    const guess = 'what-someone-else-takes-it-to-be-who-saw-the-code'
    expect(await attempt({ code_verifier: guess })).toBe('400 invalid_grant')
    expect(await attempt({ redirect_uri: 'http://localhost:8081' })).toBe('400 unauthorized_client')
    const { code } = await signedIn(aws, today)
    expect(await redeem(aws, today, code)).toMatchObject({ status: 400, error: 'invalid_grant' })

    const visitor = new Visitor(aws, { stopAt: ({ origin }) => origin === today['Url'] })
    await visitor.open(authorizeUrl(today, { response_type: 'token' }))
    expect(visitor.page.url.hash).toMatch(/error=unauthorized_client/)
    await visitor.open(authorizeUrl(today, { redirect_uri: 'http://localhost:8082' }))
    expect(visitor.page.status).toBe(400)
  },
)

claims.promise(
  17,
  'the page lets no other script, style, frame or host take part, and is the same for everyone',
  async ({ aws, today }) => {
    const { Url, LoginUrl } = today
    const answers: unknown[] = []
    for (const path of ['/', '/app.js', '/style.css', '/settings.json']) {
      const { status, headers } = await againWhileDown(() => aws.fetch(`${Url}${path}`))
      answers.push([path, status, headers.get('content-security-policy')])
    }
    const policy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ${LoginUrl}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
    expect(answers).toEqual([
      ['/', 200, policy],
      ['/app.js', 200, policy],
      ['/style.css', 200, policy],
      ['/settings.json', 200, policy],
    ])
    const preflight = async (origin: string) => {
      const headers = { origin, 'access-control-request-method': 'GET' }
      const answer = await aws.fetch(`${Url}/items`, { method: 'OPTIONS', headers })
      return answer.headers.get('access-control-allow-origin')
    }
    expect(await preflight('http://localhost:8081')).toBe('http://localhost:8081')
    expect(await preflight('https://elsewhere.example')).toBeNull()
  },
)
