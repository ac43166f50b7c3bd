import { type BrowserOfCloud, Visitor } from '@cloud-orrery/vitest/browser'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import { origin, owner, password } from './device-grant.ts'
import { mailedPassword } from './people.ts'

/** A television and a phone in Chromium: what a person sees and presses, by the names of things. */
export async function byChromium(aws: Aws, { newPage, browser }: BrowserOfCloud): Promise<void> {
  const tv = await newPage()
  await tv.goto(`${origin}/tv`)
  await tv.getByRole('button', { name: 'Sign in' }).press('Enter')
  const code = (await tv.locator('p.code').textContent()) ?? ''
  expect(code).toMatch(/^[0-9B-Z]{4}-[0-9B-Z]{4}$/)
  expect(await tv.getByRole('img', { name: /QR code/ }).isVisible()).toBe(true)

  // Another machine: it has none of the television's cookies. People leave out https://.
  const hand = await browser.newContext({ viewport: { width: 390, height: 700 } })
  const phone = await hand.newPage()
  await phone.goto(`${origin.replace('https:', 'http:')}/device`)
  await phone.getByLabel('Username').fill(owner)
  await phone.getByLabel('Password').fill(mailedPassword(aws))
  await phone.getByRole('button', { name: 'Sign in' }).click()
  await phone.getByLabel('New password', { exact: true }).fill(password)
  await phone.getByLabel('Repeat the new password').fill(password)
  await phone.getByRole('button', { name: 'Continue' }).click()
  await phone.getByLabel('The code on its screen').fill(code)
  await phone.keyboard.press('Enter')
  await phone.getByRole('heading', { name: 'Allow Starlight TV to use your account?' }).waitFor()
  await phone.getByRole('button', { name: 'Authorize' }).click()
  await phone.getByRole('heading', { name: 'Success' }).waitFor()

  // The page asks by the wall's time, the model's stands still: it may have been told to slow down a few times.
  await aws.clock.advance({ minutes: 1 })
  await tv.reload()
  await tv.getByRole('heading', { name: `Welcome, ${owner}` }).waitFor()
}

/** The same by two visitors, where there is no Chromium. */
export async function byVisitors(aws: Aws): Promise<void> {
  const [tv, phone] = [new Visitor(aws), new Visitor(aws)]
  await tv.open(`${origin}/tv`)
  await tv.submit({}, { button: 'Sign in' })
  const code = /[0-9B-Z]{4}-[0-9B-Z]{4}/.exec(tv.page.text)?.[0] ?? ''
  expect(tv.page.headers.get('refresh')).toBe('6')
  expect(tv.scriptCookies).toBe('')

  await phone.open(`${origin.replace('https:', 'http:')}/device`)
  await phone.submit({ username: owner, password: mailedPassword(aws) })
  await phone.submit({ new_password: password, repeated: password })
  await phone.submit({ user_code: code })
  await phone.submit({}, { button: 'Authorize' })
  expect(phone.page.heading).toBe('Success')

  await aws.clock.advance({ seconds: 6 })
  await tv.open(`${origin}/tv`)
  expect(tv.page.heading).toBe(`Welcome, ${owner}`)
  await tv.submit({}, { button: 'Sign out' })
  expect(tv.page.heading).toBe('Good evening.')
}
