import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminLinkProviderForUserCommand,
  CreateIdentityProviderCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { describe, expect, test } from 'vitest'
import { decoded } from '../../cognito.test-support.ts'
import { callback, oauthSettings, origin, startHosted } from '../browser.test-support.ts'
import { issuer, OidcPeer } from './oidc-peer.test-support.ts'

async function startFederated(
  pool: Parameters<typeof startHosted>[0] = {},
  providers = ['COGNITO', 'Corp'],
) {
  const made = await startHosted(pool)
  const { idp, UserPoolId, ClientId, browser, cloud } = made
  await idp.send(
    new CreateIdentityProviderCommand({
      ...{ UserPoolId, ProviderName: 'Corp', ProviderType: 'OIDC' },
      ProviderDetails: {
        client_id: 'our-client',
        client_secret: 'our-secret',
        attributes_request_method: 'GET',
        oidc_issuer: issuer,
        authorize_scopes: 'openid email',
      },
      AttributeMapping: { email: 'email', email_verified: 'email_verified', name: 'name' },
      IdpIdentifiers: ['corp.example'],
    }),
  )
  const client = { ...oauthSettings, SupportedIdentityProviders: providers }
  await idp.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId, ...client }))
  const peer = new OidcPeer(cloud)
  return {
    ...made,
    peer,
    /** Goes to the provider and comes back; where the browser ends up. */
    async comeBack(parameters: Record<string, string> = { identity_provider: 'Corp' }) {
      const { url } = await browser.open(made.authorizeUrl({ state: 's', ...parameters }))
      return (await browser.open(peer.signIn(url))).url
    },
    async tokens(code: string | null) {
      const { body } = await made.post('/oauth2/token', {
        grant_type: 'authorization_code',
        ...{ client_id: made.ClientId, code: code ?? '', redirect_uri: callback },
      })
      return body ?? {}
    },
  }
}

describe('signing in by an OIDC provider', () => {
  test('makes a user of the pool from what the provider says, with a code for the app', async () => {
    const made = await startFederated()
    const { peer, browser, ClientId, UserPoolId, idp } = made
    peer.person = { sub: 'p1', email: 'ana@corp.example', email_verified: true, name: 'Ana' }
    const { url } = await browser.open(
      made.authorizeUrl({ identity_provider: 'Corp', login_hint: 'ana@corp.example' }),
    )
    const { state, nonce, ...rest } = Object.fromEntries(url.searchParams)
    expect([url.origin + url.pathname, rest]).toEqual([
      `${issuer}/authorize`,
      {
        client_id: 'our-client',
        redirect_uri: `${origin}/oauth2/idpresponse`,
        scope: 'openid email',
        response_type: 'code',
        login_hint: 'ana@corp.example',
      },
    ])
    expect([state?.length, nonce?.length]).toEqual([64, 43])
    const back = await browser.open(peer.signIn(url))
    expect(
      Object.fromEntries(peer.asked.find(({ path }) => path === '/token')?.body ?? []),
    ).toEqual({
      grant_type: 'authorization_code',
      code: 'code-0',
      redirect_uri: `${origin}/oauth2/idpresponse`,
      client_id: 'our-client',
      client_secret: 'our-secret',
    })
    const token = decoded(
      String((await made.tokens(back.url.searchParams.get('code')))['id_token']),
    )
    expect(token).toMatchObject({
      'cognito:username': 'Corp_p1',
      'cognito:groups': [`${UserPoolId}_Corp`],
      aud: ClientId,
      email: 'ana@corp.example',
      email_verified: true,
      name: 'Ana',
      identities: [
        {
          userId: 'p1',
          providerName: 'Corp',
          providerType: 'OIDC',
          issuer,
          primary: 'true',
          dateCreated: String(Date.UTC(2026, 0, 1)),
        },
      ],
    })
    const user = await idp.send(new AdminGetUserCommand({ UserPoolId, Username: 'Corp_p1' }))
    expect(user.UserStatus).toBe('EXTERNAL_PROVIDER')
  })

  test('again writes anew what the provider says, of the same user', async () => {
    const { peer, comeBack, idp, UserPoolId, browser } = await startFederated()
    peer.person = { sub: 'p1', name: 'Ana' }
    await comeBack()
    const before = await idp.send(new AdminGetUserCommand({ UserPoolId, Username: 'Corp_p1' }))
    browser.cookies.clear()
    peer.person = { sub: 'p1', name: 'Ana Maria', email: 'a@corp.example' }
    await comeBack({ idp_identifier: 'corp.example' })
    const after = await idp.send(new AdminGetUserCommand({ UserPoolId, Username: 'Corp_p1' }))
    const attributes = Object.fromEntries(
      (after.UserAttributes ?? []).map(({ Name, Value }) => [Name, Value]),
    )
    expect(attributes).toMatchObject({
      sub: before.UserAttributes?.find(({ Name }) => Name === 'sub')?.Value,
      name: 'Ana Maria',
      email: 'a@corp.example',
      email_verified: 'false',
    })
  })

  test('is offered on the login page, and is the only way where the client has no other', async () => {
    const { browser, authorizeUrl } = await startFederated()
    await browser.open(authorizeUrl())
    const { url } = await browser.open(browser.link('Continue with Corp'))
    expect(url.host).toBe('idp.example.com')
    const alone = await startFederated({}, ['Corp'])
    const direct = await alone.browser.open(alone.authorizeUrl())
    expect(direct.url.host).toBe('idp.example.com')
  })

  test('reaches the user that an administrator has linked', async () => {
    const { peer, comeBack, tokens, idp, UserPoolId } = await startFederated()
    await idp.send(
      new AdminCreateUserCommand({ UserPoolId, Username: 'ana', MessageAction: 'SUPPRESS' }),
    )
    await idp.send(
      new AdminLinkProviderForUserCommand({
        UserPoolId,
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: 'ana' },
        SourceUser: {
          ...{ ProviderName: 'Corp', ProviderAttributeName: 'Cognito_Subject' },
          ProviderAttributeValue: 'p7',
        },
      }),
    )
    peer.person = { sub: 'p7' }
    const url = await comeBack()
    const token = decoded(String((await tokens(url.searchParams.get('code')))['id_token']))
    expect(token['cognito:username']).toBe('ana')
  })
})

describe('what the provider or the browser brings is not believed', () => {
  const refusalFor = (description: string) => ({
    error_description: description,
    state: 's',
    error: 'invalid_request',
  })

  test.each([
    ['another issuer', { iss: 'https://evil.example' }, 'Bad id_token issuer https://evil.example'],
    ['another audience', { aud: 'someone' }, 'Bad id_token audience'],
    ['two audiences', { aud: ['our-client', 'x'] }, 'Bad id_token audience'],
    ['an old token', { exp: 1 }, 'Bad id_token expired'],
    ['a token of the future', { iat: 9_999_999_999 }, 'Bad id_token issued at'],
    ['another nonce', { nonce: 'x' }, 'Bad id_token nonce'],
    ['another subject in the user info', { sub: 'p2' }, 'Bad id_token subject'],
  ])('%s', async (_, forged, description) => {
    const { peer, comeBack } = await startFederated()
    peer.forged = forged
    expect(Object.fromEntries((await comeBack()).searchParams)).toEqual(refusalFor(description))
  })

  test.each([
    ['no signature', { alg: 'none' }, 'Bad id_token'],
    ['a signature by a shared secret', { alg: 'HS256', kid: 'k1' }, 'Bad id_token'],
    ['a key that the provider has not', { alg: 'RS256', kid: 'k2' }, 'Bad id_token signature'],
  ])('%s', async (_, header, description) => {
    const { peer, comeBack } = await startFederated()
    peer.header = header
    expect(Object.fromEntries((await comeBack()).searchParams)).toEqual(refusalFor(description))
  })

  test('a state of another browser, or one that was used, or is older than five minutes', async () => {
    const { peer, browser, authorizeUrl, cloud } = await startFederated()
    const go = async () => (await browser.open(authorizeUrl({ identity_provider: 'Corp' }))).url
    const stolen = peer.signIn(await go())
    browser.cookies.clear()
    const refused = (await browser.open(stolen)).url
    expect([refused.pathname, refused.searchParams.get('error')]).toEqual([
      '/error',
      'invalid_request',
    ])
    const link = peer.signIn(await go())
    await browser.open(link)
    expect((await browser.open(link)).url.pathname).toBe('/error')
    browser.cookies.clear()
    const late = peer.signIn(await go())
    await cloud.advance({ minutes: 5 })
    expect((await browser.open(late)).url.pathname).toBe('/error')
  })
})

describe('what goes wrong is told to the app in words of AWS', () => {
  test('the provider refuses, is out of reach, or its person lacks an attribute', async () => {
    const made = await startFederated({ Schema: [{ Name: 'email', Required: true }] })
    const { peer, comeBack, cloud } = made
    const description = async () => (await comeBack()).searchParams.get('error_description')
    expect(await description()).toBe('attributes required: [email]')
    peer.tokenStatus = 400
    expect(await description()).toBe('Corp Error - 400 error getting token')
    cloud.internet.delete('idp.example.com')
    const { url } = await made.browser.open(made.authorizeUrl({ identity_provider: 'Corp' }))
    expect(url.searchParams.get('error_description')).toContain(
      'Unable to contact well-known endpoint',
    )
  })

  test('the person said no; the provider is not one of the client; the user is disabled', async () => {
    const { browser, authorizeUrl, peer, comeBack, idp, UserPoolId } = await startFederated()
    const { url } = await browser.open(authorizeUrl({ identity_provider: 'Corp' }))
    const said = new URLSearchParams({
      error: 'access_denied',
      error_description: 'User said no',
      state: url.searchParams.get('state') ?? '',
    })
    const back = await browser.open(`${origin}/oauth2/idpresponse?${said}`)
    expect(back.url.searchParams.get('error_description')).toBe('User said no')
    const other = await browser.open(authorizeUrl({ identity_provider: 'Other' }))
    expect(other.url.searchParams.get('error')).toBe('invalid_request')
    peer.person = { sub: 'p1' }
    await comeBack()
    await idp.send(new AdminDisableUserCommand({ UserPoolId, Username: 'Corp_p1' }))
    expect((await comeBack()).searchParams.get('error_description')).toBe('User is disabled.')
  })
})
