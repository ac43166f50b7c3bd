import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import * as jose from 'jose'
import { password } from '../packages/services/src/cognitoidp/cognito.test-support.ts'
import {
  Browser,
  callback,
  oauthSettings,
  origin,
  startHosted,
} from '../packages/services/src/cognitoidp/hosted/browser.test-support.ts'

type Parameters = Readonly<Record<string, string | undefined>>

/** What a token endpoint or user info says. */
export interface Told {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

/** Everything that `ana` says of herself. */
export const ana = {
  email: 'ana@example.com',
  email_verified: 'true',
  phone_number: '+15550100',
  phone_number_verified: 'true',
  name: 'Ana Example',
  given_name: 'Ana',
  family_name: 'Example',
  address: '1 Main Street',
}

/** A pool with managed login as OpenID provider, a user of it, and the app that relies on it. */
export async function startProvider() {
  const cloud = createCloud({ clock: { kind: 'held' } })
  const made = await startHosted({}, { GenerateSecret: true }, cloud, 2)
  await made.newUser('ana', ana)
  const { UserPoolId, ClientId, basic, clientSecret } = made
  const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`
  const document = (await (
    await fetchFromCloud(cloud, `${issuer}/.well-known/openid-configuration`)
  ).json()) as Record<string, string | string[]>

  const endpoint = (name: string): string => String(document[`${name}_endpoint`])

  const request = (parameters: Parameters): URLSearchParams => {
    const all: Parameters = {
      ...{ response_type: 'code', client_id: ClientId, redirect_uri: callback, scope: 'openid' },
      ...{ state: 'the state', nonce: 'the nonce' },
      ...parameters,
    }
    const given = Object.entries(all).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    return new URLSearchParams(given)
  }

  const post = async (
    name: string,
    form: Parameters,
    headers: Readonly<Record<string, string>> = { authorization: basic },
  ): Promise<Told> => {
    const given = Object.entries(form).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    const answer = await fetchFromCloud(cloud, endpoint(name), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(given).toString(),
    })
    return await told(answer)
  }

  const keySet = async (): Promise<jose.JSONWebKeySet> =>
    (await (await fetchFromCloud(cloud, String(document['jwks_uri']))).json()) as jose.JSONWebKeySet

  return {
    ...made,
    cloud,
    issuer,
    keySet,
    discovered: document,
    endpoint,
    request,
    post,
    clientSecret,
    newBrowser: () => new Browser(cloud),

    /** Where a browser gets with an authorization request: a page, or back to the app. */
    async authorize(browser: Browser, parameters: Parameters = {}): Promise<URL> {
      const { url } = await browser.open(
        `${endpoint('authorization')}?${request(parameters).toString()}`,
      )
      return url
    },

    /** The same for a user who fills in what is asked. */
    async login(browser: Browser, parameters: Parameters = {}): Promise<URL> {
      const url = await this.authorize(browser, parameters)
      if (url.pathname !== '/login') return url
      return (await browser.submit({ username: 'ana', password })).url
    },

    /** A code for tokens, by `client_secret_basic` where nothing else is said. */
    async exchange(url: URL, more: Parameters = {}, headers?: Readonly<Record<string, string>>) {
      return await post(
        'token',
        {
          ...{ grant_type: 'authorization_code', redirect_uri: callback },
          code: url.searchParams.get('code') ?? '',
          ...more,
        },
        headers,
      )
    },

    /** The whole flow: what came back, the tokens, the claims of the ID token (verified by the key set). */
    async complete(parameters: Parameters = {}, browser = new Browser(cloud)) {
      const url = await this.login(browser, parameters)
      const tokens = await this.exchange(url)
      return { url, browser, tokens, claims: await this.verified(tokens.body['id_token']) }
    },

    /** Claims of an ID token for this app, by the published key set alone, at the model's time. */
    async verified(token: unknown): Promise<jose.JWTPayload> {
      const keys = await keySet()
      const { payload } = await jose.jwtVerify(String(token), jose.createLocalJWKSet(keys), {
        ...{ issuer, audience: ClientId, algorithms: ['RS256'] },
        requiredClaims: ['sub', 'iat', 'exp'],
        currentDate: new Date(cloud.kernel.clock.nowMs),
      })
      return payload
    },

    async userInfo(token: unknown): Promise<Told> {
      const headers = { authorization: `Bearer ${String(token)}` }
      return await told(await fetchFromCloud(cloud, endpoint('userinfo'), { headers }))
    },

    /** Another app of the same pool. */
    async secondApp() {
      const idp = client(cloud, CognitoIdentityProviderClient)
      const { UserPoolClient } = await idp.send(
        new CreateUserPoolClientCommand({
          ...{ UserPoolId, ClientName: 'second', GenerateSecret: true, ...oauthSettings },
        }),
      )
      const { ClientId: id = '', ClientSecret: secret = '' } = UserPoolClient ?? {}
      return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
    },
  }
}

export type Provider = Awaited<ReturnType<typeof startProvider>>

async function told(answer: Response): Promise<Told> {
  const text = await answer.text()
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  return { status: answer.status, headers: answer.headers, body }
}

export { callback, origin }
