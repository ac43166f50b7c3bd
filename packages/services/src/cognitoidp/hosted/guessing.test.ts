import {
  AdminDisableUserCommand,
  AdminResetUserPasswordCommand,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  ResendConfirmationCodeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { shownEntry } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import { password, refusal } from '../cognito.test-support.ts'
import { Browser, callback, startHosted } from './browser.test-support.ts'

const verified = { email: 'ana@example.com', email_verified: 'true' }
const wrong = 'Incorrect-horse-1'

async function people(PreventUserExistenceErrors: 'ENABLED' | 'LEGACY') {
  const made = await startHosted(
    { AutoVerifiedAttributes: ['email'] },
    { PreventUserExistenceErrors },
  )
  await made.newUser('ana', verified)
  return made
}

/** A page for one name, its own letters taken out: what is left tells nothing where two are alike. */
async function pageFor(
  made: Awaited<ReturnType<typeof people>>,
  path: string,
  form: Record<string, string>,
) {
  const browser = new Browser(made.cloud)
  await browser.open(made.authorizeUrl().replace('/oauth2/authorize', path))
  const { status, url, html, headers } = await browser.submit(form)
  const { username = '' } = form
  return {
    status,
    path: url.pathname,
    html: html
      .replaceAll(username, 'NAME')
      .replaceAll(/value="[0-9a-f-]{36}"/g, '')
      .replaceAll(/[a-z]\*+@[a-z]\*+/g, 'ADDRESS'),
    headers: [...headers.keys()],
  }
}

describe('a client that hides who exists', () => {
  test('shows who is there and who is not the same pages', async () => {
    const made = await people('ENABLED')
    const both = async (path: string, form: Record<string, string>) =>
      await Promise.all(
        ['ana', 'bob'].map((username) => pageFor(made, path, { ...form, username })),
      )
    const [known, unknown] = await both('/login', { password: wrong })
    expect(known?.html).toContain('Incorrect username or password.')
    expect(unknown).toEqual(known)
    const [forgot, forgotten] = await both('/forgotPassword', {})
    expect(forgot?.path).toBe('/confirmForgotPassword')
    expect(forgotten).toEqual(forgot)
  })

  test('answers calls for who is there and who is not in the same words', async () => {
    const { ClientId, idp, signIn, UserPoolId, newUser } = await people('ENABLED')
    await newUser('eve', { email: 'eve@example.com', email_verified: 'true' })
    await idp.send(new AdminDisableUserCommand({ UserPoolId, Username: 'eve' }))
    const incorrect = ['NotAuthorizedException', 'Incorrect username or password.']
    expect([await refusal(signIn('ana', wrong)), await refusal(signIn('bob', wrong))]).toEqual([
      incorrect,
      incorrect,
    ])
    const asked = (Username: string) => idp.send(new ForgotPasswordCommand({ ClientId, Username }))
    const shape = { DeliveryMedium: 'EMAIL', AttributeName: 'email' }
    for (const name of ['ana', 'bob', 'eve']) {
      expect((await asked(name)).CodeDeliveryDetails).toEqual({
        ...shape,
        Destination: expect.stringMatching(/^[abe]\*\*\*@[a-z]\*\*\*$/),
      })
    }
    const confirm = (Username: string, Password = wrong) =>
      refusal(
        idp.send(
          new ConfirmForgotPasswordCommand({ ClientId, Username, Password, ConfirmationCode: '0' }),
        ),
      )
    const mismatch = await confirm('ana')
    expect(mismatch[0]).toBe('CodeMismatchException')
    expect([await confirm('bob'), await confirm('eve')]).toEqual([mismatch, mismatch])
    const weak = await confirm('ana', 'weak')
    expect(weak[0]).toBe('InvalidPasswordException')
    expect(await confirm('bob', 'weak')).toEqual(weak)
    const resent = await idp.send(new ResendConfirmationCodeCommand({ ClientId, Username: 'bob' }))
    expect(resent.CodeDeliveryDetails).toMatchObject(shape)
    const code = new ConfirmSignUpCommand({ ClientId, Username: 'bob', ConfirmationCode: '1' })
    expect((await refusal(idp.send(code)))[0]).toBe('ExpiredCodeException')
    // Names are unique: AWS says so even where it hides who exists.
    const taken = new SignUpCommand({ ClientId, Username: 'ana', Password: password })
    expect(await refusal(idp.send(taken))).toEqual([
      'UsernameExistsException',
      'User already exists',
    ])
  })

  test('gives an unknown name the same salt each time, and another name another', async () => {
    const { ClientId, idp } = await people('ENABLED')
    const salt = async (USERNAME: string) => {
      const AuthParameters = { USERNAME, SRP_A: 'abcdef0123456789' }
      const { ChallengeParameters = {} } = await idp.send(
        new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters }),
      )
      return [Object.keys(ChallengeParameters).toSorted(), ChallengeParameters['SALT']] as const
    }
    const [fields, own] = await salt('ana')
    const [phantomFields, first] = await salt('bob')
    expect([phantomFields, await salt('bob')]).toEqual([fields, [fields, first]])
    expect([first === own, (await salt('carl'))[1] === first]).toEqual([false, false])
  })
})

describe('a client that hides nothing', () => {
  test('says who does not exist', async () => {
    const made = await people('LEGACY')
    const { ClientId, idp, signIn } = made
    const unknown = ['UserNotFoundException', 'User does not exist.']
    expect(await refusal(signIn('bob'))).toEqual(unknown)
    const Username = 'bob'
    const calls = [
      new ForgotPasswordCommand({ ClientId, Username }),
      new ResendConfirmationCodeCommand({ ClientId, Username }),
    ] as const
    expect(await refusal(idp.send(calls[0]))).toEqual(unknown)
    expect(await refusal(idp.send(calls[1]))).toEqual(unknown)
    const code = { ClientId, Username, ConfirmationCode: '1', Password: password }
    expect(await refusal(idp.send(new ConfirmForgotPasswordCommand(code)))).toEqual(unknown)
    expect((await pageFor(made, '/login', { username: 'bob', password })).html).toContain(
      'User does not exist.',
    )
  })
})

describe('guessing', () => {
  const exceeded = 'Password attempts exceeded'

  test('passwords locks that user out, on pages and by calls: a second, then twice as long', async () => {
    const made = await people('ENABLED')
    const { browser, cloud, signIn, authorizeUrl } = made
    await made.newUser('bob')
    await browser.open(authorizeUrl())
    const guess = async () => {
      await browser.submit({ username: 'ana', password: wrong })
      return browser.alert()
    }
    for (let i = 0; i < 5; i += 1) expect(await guess()).toBe('Incorrect username or password.')
    for (const seconds of [1, 2, 4, 8]) {
      expect(await guess()).toBe(exceeded)
      expect(await refusal(signIn('ana'))).toEqual(['NotAuthorizedException', exceeded])
      expect((await signIn('bob')).AuthenticationResult).toBeDefined()
      await cloud.advance(seconds * 1000 - 1)
      expect(await guess()).toBe(exceeded)
      await cloud.advance(1)
      expect(await guess()).toBe('Incorrect username or password.')
    }
    await cloud.advance({ minutes: 15 })
    expect((await signIn('ana')).AuthenticationResult).toBeDefined()
  })

  test('two hundred passwords in a row is hardly a handful of guesses', async () => {
    const { signIn } = await people('ENABLED')
    const words = new Map<string, number>()
    for (let i = 0; i < 200; i += 1) {
      const [, message] = await refusal(signIn('ana', `${wrong}${i}`))
      words.set(message, (words.get(message) ?? 0) + 1)
    }
    expect(words.get('Incorrect username or password.')).toBeLessThan(10)
  })

  test('codes of a forgotten password ends after five', async () => {
    const { ClientId, idp, UserPoolId, codeTo } = await people('ENABLED')
    await idp.send(new AdminResetUserPasswordCommand({ UserPoolId, Username: 'ana' }))
    const right = codeTo('ana@example.com')
    const guess = (ConfirmationCode: string) =>
      refusal(
        idp.send(
          new ConfirmForgotPasswordCommand({
            ...{ ClientId, Username: 'ana', Password: password, ConfirmationCode },
          }),
        ),
      )
    for (let i = 0; i < 5; i += 1) {
      expect((await guess(right === '000000' ? '1' : '000000'))[0]).toBe('CodeMismatchException')
    }
    expect(await guess(right)).toEqual([
      'LimitExceededException',
      'Attempt limit exceeded, please try after some time.',
    ])
  })
})

test('no secret of a login is in what is shown of the journal', async () => {
  const made = await startHosted({ AutoVerifiedAttributes: ['email'] }, { GenerateSecret: true })
  const { browser, cloud, ClientId, clientSecret, basic, post, codeTo } = made
  const secrets = new Map<string, string>([
    ['password', password],
    ['client secret', clientSecret],
    ['credentials', basic.slice(6)],
  ])
  await browser.open(made.authorizeUrl().replace('/oauth2/authorize', '/signup'))
  await browser.submit({ username: 'ana', password, email: 'ana@example.com' })
  secrets.set('step', [...browser.cookies.values()][0]?.get('cognito-step') ?? '')
  const confirmation = codeTo('ana@example.com')
  const { url } = await browser.submit({ code: confirmation })
  const code = url.searchParams.get('code') ?? ''
  secrets.set('code', code)
  secrets.set('session', [...browser.cookies.values()][0]?.get('cognito') ?? '')
  const grant = { grant_type: 'authorization_code', code, redirect_uri: callback }
  const { body = {} } = await post('/oauth2/token', grant, { authorization: basic })
  for (const name of ['access_token', 'id_token', 'refresh_token']) {
    secrets.set(name, String(body[name]))
  }
  await made.userInfo(body['access_token'])
  await browser.open(made.authorizeUrl())
  const refresh = { grant_type: 'refresh_token', client_id: ClientId, client_secret: clientSecret }
  await post('/oauth2/token', { ...refresh, refresh_token: String(body['refresh_token']) })
  expect([...secrets].filter(([, value]) => value.length < 10)).toEqual([])

  const lines = cloud.kernel.journal.entries.map((entry) => shownEntry(entry))
  const found = [...secrets].flatMap(([name, value]) => {
    const inBase64 = Buffer.from(value).toString('base64').slice(0, -4)
    const line = lines.find((it) => it.includes(value) || it.includes(inBase64))
    return line === undefined ? [] : [`${name}: ${line.slice(0, 80)}`]
  })
  expect(found).toEqual([])
  // The mail itself has the code: whoever may read the mailbox may use it.
  const outside = lines.filter((it) => it.includes(confirmation) && it.includes('cognitoidp.'))
  expect(outside.map((it) => it.slice(0, 80))).toEqual([])
})
