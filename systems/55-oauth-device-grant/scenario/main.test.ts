import { openBrowser, Visitor } from '@cloud-orrery/vitest/browser'
import { expect } from '@cloud-orrery/vitest/scenario'
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { alphabetOf, drawCode } from '../src/device-grant/codes.ts'
import {
  basic,
  begin,
  configure,
  deviceCodeGrant,
  deviceGrant,
  items,
  onePickUp,
  origin,
  owner,
  password,
  poll,
  post,
  refused,
} from './device-grant.ts'
import { byChromium, byVisitors } from './living-room.ts'
import { decide, mailedPassword, signedIn, typeCode } from './people.ts'

deviceGrant.promise(
  1,
  'a device with only curl gets the tokens of whoever approves its code, and gets them once',
  async ({ aws, outputs, television }) => {
    const codes = await begin(aws, television)
    expect(await poll(aws, television, codes)).toEqual(refused('authorization_pending'))

    const phone = new Visitor(aws)
    await phone.open(codes.verification_uri)
    expect(phone.page.url.origin).toBe(outputs['LoginUrl'])
    await phone.submit({ username: owner, password: mailedPassword(aws) })
    await phone.submit({ new_password: password, repeated: password })
    expect([phone.page.url.href, phone.page.heading]).toEqual([
      `${origin}/device`,
      'Connect a device',
    ])
    await phone.submit({ user_code: codes.user_code.toLowerCase() })
    expect(phone.page.heading).toBe('Allow Starlight TV to use your account?')
    await phone.submit({}, { button: 'Authorize' })
    expect([phone.page.url.pathname, phone.page.heading]).toEqual(['/callback', 'Success'])

    await aws.clock.advance({ seconds: 5 })
    const { status, body } = await poll(aws, television, codes)
    expect([status, Object.keys(body).sort(), body['expires_in']]).toEqual([
      200,
      ['access_token', 'expires_in', 'refresh_token', 'token_type'],
      3600,
    ])
    const { sub, client_id, username } = decodeJwt(String(body['access_token']))
    const [{ Subject } = {}] = (await items(aws)).filter((item) => item['Status'] === 'consumed')
    expect([sub, client_id, username]).toEqual([Subject, television.clientId, owner])

    const refreshed = await aws.fetch(`${outputs['LoginUrl']}/oauth2/token`, {
      method: 'POST',
      headers: {
        authorization: basic(television),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `grant_type=refresh_token&refresh_token=${String(body['refresh_token'])}`,
    })
    const fresh = (await refreshed.json()) as Record<string, unknown>
    expect([refreshed.status, decodeJwt(String(fresh['access_token'])).sub]).toEqual([200, sub])

    await aws.clock.advance({ seconds: 5 })
    expect(await poll(aws, television, codes)).toEqual(refused('expired_token'))
  },
  { calm: onePickUp },
)

deviceGrant.promise(
  2,
  'codes are of their alphabets, and of 10,000 none comes twice',
  async ({ aws, television }) => {
    const codes = await begin(aws, television)
    expect(codes.device_code).toMatch(/^[0-9a-zA-Z]{64}$/)
    expect(codes.user_code).toMatch(/^[0-9BCDFGHJKLMNPQRSTVWXZ]{8}$/)
    const { interval, expires_in, verification_uri } = codes
    expect({ interval, expires_in, verification_uri }).toEqual({
      interval: 5,
      expires_in: 1800,
      verification_uri: `${origin}/device`,
    })
    const deviceCodes = Array.from({ length: 10_000 }, () => drawCode('#aA', 64))
    expect(new Set(deviceCodes).size).toBe(10_000)
    // Of 30^8 user codes two in 10,000 are the same once in 13,000 times: then the second is drawn again.
    expect(alphabetOf('#B')).toHaveLength(30)
    const shortCodes = Array.from({ length: 10_000 }, () => drawCode('#B', 8))
    expect(new Set(shortCodes).size).toBeGreaterThanOrEqual(9_998)
  },
)

deviceGrant.promise(
  3,
  'who asks too soon is told to slow down, and who comes after half an hour that it is over',
  async ({ aws, outputs, television }) => {
    const codes = await begin(aws, television)
    const ask = async () => (await poll(aws, television, codes)).body['error']
    expect(await ask()).toBe('authorization_pending')
    await aws.clock.advance({ seconds: 2 })
    expect(await ask()).toBe('slow_down')
    // Five seconds longer from then on (RFC 8628, section 3.5).
    await aws.clock.advance({ seconds: 9 })
    expect(await ask()).toBe('slow_down')
    await aws.clock.advance({ seconds: 15 })
    expect(await ask()).toBe('authorization_pending')

    const phone = await signedIn(aws, outputs)
    await aws.clock.advance({ seconds: 1801 })
    expect(await poll(aws, television, codes)).toEqual(refused('expired_token'))
    await typeCode(phone, codes)
    expect([phone.page.status, phone.page.heading]).toEqual([400, 'This code has expired'])

    await aws.clock.advance({ days: 3 })
    expect(await items(aws)).toEqual([])
    expect(await poll(aws, television, codes)).toEqual(refused('invalid_grant'))
  },
  { calm: 'a question whose answer is lost counts as one that was asked' },
)

deviceGrant.promise(
  4,
  'a device that is denied learns it, and never gets tokens',
  async ({ aws, outputs, television }) => {
    const codes = await begin(aws, television)
    const phone = await signedIn(aws, outputs)
    await decide(phone, codes, 'Deny')
    expect(phone.page.url.pathname).toBe('/device')
    expect(['Denied', 'This code was used already']).toContain(phone.page.heading)
    for (let asked = 0; asked < 3; asked += 1) {
      expect(await poll(aws, television, codes)).toEqual(refused('access_denied'))
      await aws.clock.advance({ seconds: 5 })
    }
    await typeCode(phone, codes)
    expect(phone.page.heading).toBe('This code was used already')
    expect((await items(aws)).some((item) => 'Tokens' in item)).toBe(false)
  },
)

deviceGrant.promise(
  7,
  'oauth4webapi completes the grant from discovery alone; RESULT_TOKEN_SET says which tokens come',
  async ({ aws, outputs, television }) => {
    const [client, secret] = [
      { client_id: television.clientId },
      oauth.ClientSecretBasic(television.clientSecret),
    ]
    const options = {
      [oauth.customFetch]: async (
        url: string,
        { method, headers, body }: oauth.CustomFetchOptions<string, unknown>,
      ) => await aws.fetch(url, { method, headers, body: String(body ?? '') }),
    }
    const issuer = new URL(origin)
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { ...options, algorithm: 'oauth2' }),
    )
    const codes = await oauth.processDeviceAuthorizationResponse(
      server,
      client,
      await oauth.deviceAuthorizationRequest(server, client, secret, { scope: 'openid' }, options),
    )
    const phone = await signedIn(aws, outputs)
    // The link alone fills in: it decides nothing, whatever it says.
    await phone.open(`${codes.verification_uri_complete}&authorize=true`)
    expect(phone.page.heading).toBe('Allow Starlight TV to use your account?')
    expect((await poll(aws, television, codes)).body).toEqual({ error: 'authorization_pending' })
    await phone.submit({}, { button: 'Authorize' })
    await aws.clock.advance({ seconds: codes.interval ?? 5 })
    const grant = await oauth.deviceCodeGrantRequest(
      server,
      client,
      secret,
      codes.device_code,
      options,
    )
    const tokens = await oauth.processDeviceCodeResponse(server, client, grant)
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(
        server,
        client,
        secret,
        tokens.refresh_token ?? '',
        options,
      ),
    )
    expect(decodeJwt(refreshed.access_token).sub).toBe(decodeJwt(tokens.access_token).sub)

    await configure(aws, { RESULT_TOKEN_SET: 'ID+ACCESS+REFRESH' })
    const others = await begin(aws, television)
    await decide(phone, others, 'Authorize')
    const { body } = await poll(aws, television, others)
    expect(Object.keys(body).sort()).toEqual([
      'access_token',
      'expires_in',
      'id_token',
      'refresh_token',
      'token_type',
    ])
    expect(decodeJwt(String(body['id_token']))['email']).toBe(owner)
  },
  { calm: onePickUp },
)

deviceGrant.promise(
  9,
  'the post’s own requests, with everything in the address, work too; what is none is answered 405',
  async ({ aws, outputs, television }) => {
    const headers = { authorization: basic(television) }
    const begun = await post(aws, `/token?client_id=${television.clientId}`, {}, headers)
    const codes = { user_code: String(begun.body['user_code']) }
    expect(begun.status).toBe(200)
    const query = new URLSearchParams({
      client_id: television.clientId,
      device_code: String(begun.body['device_code']),
      grant_type: deviceCodeGrant,
    })
    expect(await post(aws, `/token?${query}`, {}, headers)).toEqual(
      refused('authorization_pending'),
    )
    await decide(await signedIn(aws, outputs), codes, 'Authorize')
    await aws.clock.advance({ seconds: 5 })
    const { status, body } = await post(aws, `/token?${query}`, {}, headers)
    expect([status, typeof body['access_token']]).toEqual([200, 'string'])

    const nothing = { status: 405, body: { text: '' } }
    expect(await post(aws, '/token', {}, headers)).toEqual(nothing)
    expect(await post(aws, '/callback', {}, headers)).toEqual(nothing)
    expect(
      await post(aws, `/token?client_id=${television.clientId}&device_code=x`, {}, headers),
    ).toEqual(nothing)
    expect((await aws.fetch(`${origin}/token?${query}`, { headers })).status).toBe(405)
    expect((await aws.fetch(`${origin}/elsewhere`)).status).toBe(503)
  },
  { calm: onePickUp },
)

deviceGrant.promise(
  14,
  'a television shows a code, a phone signs in and allows it, and the television greets its owner by name',
  async ({ aws }) => {
    const browser = await openBrowser(aws)
    if (browser === undefined) return await byVisitors(aws)
    try {
      await byChromium(aws, browser)
    } finally {
      await browser.close()
    }
  },
  { calm: onePickUp },
)

deviceGrant.promise(
  15,
  'the same, by browsers without scripts; whom nobody allows, the television tells so',
  async ({ aws, outputs }) => {
    await byVisitors(aws)
    const [tv, phone] = [new Visitor(aws), await signedIn(aws, outputs)]
    for (const [button, said] of [
      ['Deny', 'That was denied.'],
      [undefined, 'The code has expired.'],
    ] as const) {
      await tv.open(`${origin}/tv`)
      await tv.submit({}, { button: 'Sign in' })
      const user_code = /[0-9B-Z]{4}-[0-9B-Z]{4}/.exec(tv.page.text)?.[0] ?? ''
      if (button !== undefined) await decide(phone, { user_code }, button)
      await aws.clock.advance({ minutes: button === undefined ? 30 : 1 })
      await tv.open(`${origin}/tv`)
      expect(tv.page.alerts).toEqual([said])
    }
  },
  { calm: onePickUp },
)
