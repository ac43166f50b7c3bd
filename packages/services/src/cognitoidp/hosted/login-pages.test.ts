import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminUpdateUserAttributesCommand,
  SetUserPoolMfaConfigCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { client } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import { totp } from '../auth/totp.ts'
import { password } from '../cognito.test-support.ts'
import { Browser, startHosted } from './browser.test-support.ts'

const byMail: Parameters<typeof startHosted>[0] = {
  UsernameAttributes: ['email'],
  AutoVerifiedAttributes: ['email'],
}

test('the login page says what is wrong, to people and to their screen readers', async () => {
  const { browser, authorizeUrl, newUser } = await startHosted()
  await newUser('ana')
  await browser.open(authorizeUrl({ login_hint: 'ana' }))
  expect([browser.heading(), browser.page?.status]).toEqual(['Sign in', 200])
  expect(browser.field('username')).toContain('value="ana"')
  await browser.submit({ username: 'ana', password: 'wrong' })
  expect([browser.alert(), browser.page?.status]).toEqual(['Incorrect username or password.', 400])
  expect(browser.page?.html).toContain('<title>Error: Sign in</title>')
  expect(browser.field('password')).toContain(
    'aria-describedby="problem" required autofocus aria-invalid="true"',
  )
  expect(browser.page?.html).not.toContain('wrong')
})

test('pages run no script, stand in no frame, and send no address along', async () => {
  const { browser, authorizeUrl } = await startHosted()
  const { headers, html } = await browser.open(authorizeUrl())
  const names = ['x-frame-options', 'x-content-type-options', 'referrer-policy', 'cache-control']
  expect(names.map((name) => headers.get(name))).toEqual([
    'DENY',
    'nosniff',
    'no-referrer',
    'no-cache, no-store, max-age=0, must-revalidate',
  ])
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; frame-ancestors 'none'$/,
  )
  expect(html).not.toMatch(/<script|javascript:| on[a-z]+=/)
})

describe('a form that another site sends is refused', () => {
  test.each([
    ['without the token', { _csrf: '' }],
    ['with another token', { _csrf: '00000000-0000-0000-0000-000000000000' }],
  ])('%s', async (_, values) => {
    const { browser, authorizeUrl, newUser } = await startHosted()
    await newUser('ana')
    await browser.open(authorizeUrl())
    const { status, url } = await browser.submit({ username: 'ana', password, ...values })
    expect([status, url.pathname]).toEqual([403, '/login'])
  })

  test('without the cookie', async () => {
    const { browser, authorizeUrl, newUser } = await startHosted()
    await newUser('ana')
    await browser.open(authorizeUrl())
    browser.cookies.clear()
    expect((await browser.submit({ username: 'ana', password })).status).toBe(403)
  })
})

test('a new account is confirmed by its code, and signed in without asking again', async () => {
  const { browser, authorizeUrl, codeTo } = await startHosted(byMail)
  await browser.open(authorizeUrl())
  await browser.open(browser.link('Create an account'))
  expect(browser.field('username')).toContain('type="email" autocomplete="username"')
  await browser.submit({ username: 'bo@example.com', password: 'short' })
  expect(browser.alert()).toBe('Password did not conform with policy: Password not long enough')
  await browser.submit({ username: 'bo@example.com', password })
  expect([browser.heading(), browser.text()]).toEqual([
    'Confirm your account',
    expect.stringContaining('We sent a code to b***@e***'),
  ])
  await browser.submit({ code: '000000' })
  expect(browser.alert()).toBe('Invalid verification code provided, please try again.')
  const { url } = await browser.submit({ code: codeTo('bo@example.com') })
  expect([url.pathname, url.searchParams.has('code')]).toEqual(['/callback', true])
})

test('who signs in unconfirmed is asked for the code', async () => {
  const { browser, authorizeUrl, codeTo, cloud } = await startHosted(byMail)
  await browser.open(authorizeUrl().replace('/oauth2/authorize', '/signup'))
  await browser.submit({ username: 'bo@example.com', password })
  const later = new Browser(cloud)
  await later.open(authorizeUrl())
  await later.submit({ username: 'bo@example.com', password })
  expect(later.heading()).toBe('Confirm your account')
  const first = codeTo('bo@example.com')
  await later.open(
    (/action="([^"]*resendcode[^"]*)"/.exec(later.page?.html ?? '')?.[1] ?? '').replaceAll(
      '&amp;',
      '&',
    ),
    new URLSearchParams({ _csrf: later.cookies.values().next().value?.get('XSRF-TOKEN') ?? '' }),
  )
  expect(later.text()).toContain('Another code is on its way.')
  expect(codeTo('bo@example.com')).not.toBe(first)
  expect((await later.submit({ code: codeTo('bo@example.com') })).url.pathname).toBe('/callback')
})

test('where administrators alone make users nobody signs up', async () => {
  const { browser, authorizeUrl } = await startHosted({
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  })
  await browser.open(authorizeUrl())
  expect(browser.text()).not.toContain('Create an account')
  await browser.open(authorizeUrl().replace('/oauth2/authorize', '/signup'))
  await browser.submit({ username: 'bo', password })
  expect(browser.alert()).toBe('SignUp is not permitted for this user pool')
})

test('a forgotten password is replaced by a code', async () => {
  const { browser, authorizeUrl, newUser, codeTo } = await startHosted(byMail)
  await newUser('bo@example.com', { email_verified: 'true' })
  await browser.open(authorizeUrl())
  await browser.open(browser.link('Forgot your password?'))
  await browser.submit({ username: 'bo@example.com' })
  expect(browser.heading()).toBe('Reset your password')
  const code = codeTo('bo@example.com')
  await browser.submit({ code, new_password: 'Another-1-horse', repeated: 'Another-2-horse' })
  expect(browser.alert()).toBe('The passwords are not the same.')
  await browser.submit({ code, new_password: 'Another-1-horse', repeated: 'Another-1-horse' })
  expect(browser.text()).toContain('Your password is changed. Sign in with it.')
  const done = await browser.submit({ username: 'bo@example.com', password: 'Another-1-horse' })
  expect(done.url.pathname).toBe('/callback')
})

test('a temporary password is changed, however many tries the new one takes', async () => {
  const { browser, authorizeUrl, idp, UserPoolId } = await startHosted({
    Schema: [{ Name: 'name', Required: true, Mutable: true }],
  })
  await idp.send(
    new AdminCreateUserCommand({
      ...{ UserPoolId, Username: 'cy', TemporaryPassword: 'Temporary-1' },
      MessageAction: 'SUPPRESS',
    }),
  )
  await browser.open(authorizeUrl())
  await browser.submit({ username: 'cy', password: 'Temporary-1' })
  expect(browser.heading()).toBe('Change your password')
  await browser.submit({ new_password: 'weak', repeated: 'weak', name: 'Cy' })
  expect(browser.alert()).toBe('Password did not conform with policy: Password not long enough')
  const { url } = await browser.submit({ new_password: password, repeated: password, name: 'Cy' })
  expect(url.pathname).toBe('/callback')
  const user = await idp.send(new AdminGetUserCommand({ UserPoolId, Username: 'cy' }))
  expect([
    user.UserStatus,
    user.UserAttributes?.find(({ Name }) => Name === 'name')?.Value,
  ]).toEqual(['CONFIRMED', 'Cy'])
})

test('an authenticator app is set up by a picture or a key, and asked for from then on', async () => {
  const made = await startHosted()
  const { browser, authorizeUrl, idp, UserPoolId, newUser, cloud } = made
  await idp.send(
    new SetUserPoolMfaConfigCommand({
      ...{ UserPoolId, MfaConfiguration: 'ON' },
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  await newUser('di')
  await browser.open(authorizeUrl())
  await browser.submit({ username: 'di', password })
  expect(browser.heading()).toBe('Set up your authenticator app')
  expect(browser.page?.html).toContain('<svg class="qr" role="img"')
  const secret = /class="secret">([A-Z2-7]{52})</.exec(browser.page?.html ?? '')?.[1] ?? ''
  await browser.submit({ code: '000000' })
  expect(browser.alert()).toBe('Code mismatch')
  const now = () => cloud.kernel.clock.nowMs
  expect((await browser.submit({ code: totp(secret, now()) })).url.pathname).toBe('/callback')
  const other = new Browser(cloud)
  await cloud.advance({ minutes: 1 })
  await other.open(authorizeUrl())
  await other.submit({ username: 'di', password })
  expect([other.heading(), other.page?.url.pathname]).toEqual(['Verify that it is you', '/mfa'])
  await other.submit({ code: '123456' })
  expect(other.alert()).toBe('Invalid code or auth state for the user.')
  expect((await other.submit({ code: totp(secret, now()) })).url.pathname).toBe('/callback')
})

test('a user with two factors chooses; a code goes out by text message; a session that is over begins anew', async () => {
  const made = await startHosted()
  const { browser, authorizeUrl, idp, UserPoolId, newUser, cloud, lastSms } = made
  const iam = client(cloud, IAMClient)
  const statement = (rest: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', ...rest } })
  const trust = { Principal: { Service: 'cognito-idp.amazonaws.com' }, Action: 'sts:AssumeRole' }
  const role = { RoleName: 'texts', AssumeRolePolicyDocument: statement(trust) }
  const { Role } = await iam.send(new CreateRoleCommand(role))
  const PolicyDocument = statement({ Action: 'sns:Publish', Resource: '*' })
  const policy = { RoleName: 'texts', PolicyName: 'p', PolicyDocument }
  await iam.send(new PutRolePolicyCommand(policy))
  const SmsConfiguration = { SnsCallerArn: Role?.Arn }
  await idp.send(
    new SetUserPoolMfaConfigCommand({
      ...{ UserPoolId, MfaConfiguration: 'ON', SmsMfaConfiguration: { SmsConfiguration } },
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  await newUser('ed')
  await browser.open(authorizeUrl())
  await browser.submit({ username: 'ed', password })
  const secret = /class="secret">([A-Z2-7]{52})</.exec(browser.page?.html ?? '')?.[1] ?? ''
  await browser.submit({ code: totp(secret, cloud.kernel.clock.nowMs) })
  const UserAttributes = [{ Name: 'phone_number', Value: '+14155550100' }]
  const named = { UserPoolId, Username: 'ed' }
  await idp.send(new AdminUpdateUserAttributesCommand({ ...named, UserAttributes }))
  const SMSMfaSettings = { Enabled: true }
  await idp.send(new AdminSetUserMFAPreferenceCommand({ ...named, SMSMfaSettings }))
  browser.cookies.clear()
  await browser.open(authorizeUrl())
  await browser.submit({ username: 'ed', password })
  expect(browser.text()).toContain('A text message')
  expect(browser.text()).toContain('My authenticator app')
  await browser.submit({ answer: 'SMS_MFA' })
  expect(browser.text()).toContain('We sent a code to +*******0100')
  const code = /\d{6}/.exec(lastSms())?.[0] ?? ''
  expect((await browser.submit({ code })).url.pathname).toBe('/callback')
  browser.cookies.clear()
  await browser.open(authorizeUrl())
  await browser.submit({ username: 'ed', password })
  await cloud.advance({ minutes: 4 })
  await browser.submit({ answer: 'SMS_MFA' })
  expect([browser.heading(), browser.alert()]).toEqual([
    'Sign in',
    'Invalid session for the user, session is expired.',
  ])
})

test('who does not exist looks like a wrong password, where the client hides it; five failures lock out', async () => {
  const made = await startHosted({}, { PreventUserExistenceErrors: 'ENABLED' })
  const { browser, authorizeUrl, newUser } = made
  await newUser('ana')
  await browser.open(authorizeUrl())
  await browser.submit({ username: 'nobody', password })
  expect(browser.alert()).toBe('Incorrect username or password.')
  for (let i = 0; i < 5; i += 1) await browser.submit({ username: 'ana', password: 'wrong' })
  await browser.submit({ username: 'ana', password })
  expect(browser.alert()).toBe('Password attempts exceeded')
})
