import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { Visitor } from '@cloud-orrery/vitest/browser'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import { alphabetOf, guessOdds } from '../src/device-grant/codes.ts'
import {
  attemptsMax,
  basic,
  begin,
  deviceGrant,
  type Given,
  grantFunction,
  items,
  origin,
  owner,
  poll,
  post,
  refused,
} from './device-grant.ts'
import { decide, patiently, signedIn, typeCode } from './people.ts'

deviceGrant.promise(
  5,
  'a wrong secret, another device’s code, no secret, a forged identity: refused, and nothing is changed',
  async ({ aws, outputs, television, printer }) => {
    const codes = await begin(aws, television)
    const before = await items(aws)
    const invalid = { status: 401, body: { error: 'invalid_client' } }
    const wrong = { ...television, clientSecret: printer.clientSecret }
    expect(await poll(aws, wrong, codes)).toEqual(invalid)
    expect(await poll(aws, { ...television, clientSecret: '' }, codes)).toEqual(invalid)
    expect(await poll(aws, printer, codes)).toEqual(refused('expired_token'))
    const form = { client_id: television.clientId }
    expect(await post(aws, '/device_authorization', form)).toEqual(invalid)
    const asPrinter = { authorization: basic(printer) }
    expect(await post(aws, '/device_authorization', form, asPrinter)).toEqual(invalid)
    expect(await poll(aws, television, { device_code: `guesses:${owner}` })).toEqual(
      refused('invalid_grant'),
    )

    for (const forged of forgeries(await publicFacts(aws, outputs))) {
      const path = `/device?user_code=${codes.user_code}`
      const sent = await aws.fetch(`${origin}${path}`, {
        headers: { 'x-amzn-oidc-data': forged, 'x-amzn-oidc-identity': owner },
      })
      expect([sent.status, new URL(sent.headers.get('location') ?? '').pathname]).toEqual([
        302,
        '/oauth2/authorize',
      ])
      // Past the balancer too: whoever may invoke the function is not yet a person.
      expect(await invoked(aws, path, forged)).toEqual([303, `${origin}/device`])
    }
    expect(await items(aws)).toEqual(before)
  },
)

interface Facts {
  readonly signer: string
  readonly client: string
  readonly issuer: string
}

/** What everyone can find out of whom the function believes. */
async function publicFacts(aws: Aws, { UserPoolId = '' }: Given['outputs']): Promise<Facts> {
  const signer = aws.inventory().find((arn) => /:loadbalancer\/app\//.test(arn)) ?? ''
  const login = await aws.fetch(`${origin}/device`)
  const client = new URL(login.headers.get('location') ?? '').searchParams.get('client_id') ?? ''
  return { signer, client, issuer: `https://cognito-idp.${aws.region}.amazonaws.com/${UserPoolId}` }
}

/** Claims as the balancer would sign them, with what someone without its key can put for a signature. */
function forgeries({ signer, client, issuer: iss }: Facts): string[] {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64')
  const header = { typ: 'JWT', kid: '0', alg: 'ES256', iss, client, signer, exp: 4_000_000_000 }
  const claims = part({ sub: owner, email: owner, iss, exp: 4_000_000_000 })
  const signature = Buffer.alloc(64, 7).toString('base64')
  return [
    `${part(header)}.${claims}.${signature}`,
    `${part({ ...header, alg: 'none' })}.${claims}.`,
    `${part({ ...header, alg: 'HS256' })}.${claims}.${signature}`,
    'nonsense',
  ]
}

async function invoked(aws: Aws, path: string, claims: string): Promise<[number, string]> {
  const [bare, query = ''] = path.split('?')
  const [name = '', value = ''] = query.split('=')
  const event = {
    requestContext: { elb: { targetGroupArn: 'x' } },
    httpMethod: 'GET',
    path: bare,
    queryStringParameters: { [name]: value },
    headers: { 'x-amzn-oidc-data': claims },
    body: '',
    isBase64Encoded: false,
  }
  for (let attempt = 1; ; attempt += 1) {
    const { Payload = new Uint8Array(), FunctionError } = await aws.client(LambdaClient).send(
      new InvokeCommand({
        FunctionName: grantFunction(aws),
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    )
    if (FunctionError !== undefined && attempt < attemptsMax) continue
    const answer = JSON.parse(Buffer.from(Payload).toString())
    return [answer.statusCode, answer.headers?.location]
  }
}

deviceGrant.promise(
  10,
  'a form of another site decides nothing, and an approval that is handed on links nobody else',
  async ({ aws, outputs, television }) => {
    const codes = await begin(aws, television)
    const phone = await signedIn(aws, outputs)
    await typeCode(phone, codes)
    const values = { user_code: codes.user_code, decision: 'authorize' }
    const evil = 'https://evil.example/'
    for (const csrf of ['', 'x'.repeat(32)]) {
      const form = { ...values, csrf }
      await patiently(phone, () => phone.submitFrom(evil, `${origin}/device`, form))
      expect([phone.page.status, phone.page.heading]).toEqual([403, 'That was not you'])
    }
    expect(await poll(aws, television, codes)).toEqual(refused('authorization_pending'))

    // A thief approves the request of their own television, and sends the rest of the way to someone else.
    const thief = await signedIn(aws, outputs, 'thief@starlight.example')
    const stopped = new Visitor(aws, { stopAt: ({ pathname }) => pathname === '/oauth2/authorize' })
    for (const cookie of thief.cookies(origin)) stopped.setCookie(cookie.toString(), origin)
    await decide(stopped, codes, 'Authorize')
    const handedOn = stopped.page.url.href
    const victim = await signedIn(aws, outputs)
    await patiently(victim, () => victim.open(handedOn))
    expect([victim.page.status, victim.page.heading]).toEqual([400, 'Nothing was approved'])
    // Nor with the thief's cookie: who signs in on the way must be who decided.
    for (const cookie of stopped.cookies(origin)) {
      if (cookie.key === '__Host-approval') victim.setCookie(cookie.toString(), origin)
    }
    await patiently(victim, () => victim.open(handedOn))
    expect(['Not yet', 'Nothing was approved']).toContain(victim.page.heading)
    await aws.clock.advance({ seconds: 5 })
    expect(await poll(aws, television, codes)).toEqual(refused('authorization_pending'))
  },
)

deviceGrant.promise(
  11,
  'ten wrong codes in half an hour are the most: also at the same moment, and the right one is no use then',
  async ({ aws, outputs, television }) => {
    const codes = await begin(aws, television)
    const phone = await signedIn(aws, outputs)
    const guess = async (code: string) => (await phone.script(`/device?user_code=${code}`)).status
    for (let at = 0; at < 8; at += 1) expect(await guess(`BBBBBBB${at}`)).toBe(400)
    const atOnce = await Promise.all(['C', 'D', 'F'].map((letter) => guess(letter.repeat(8))))
    expect(atOnce.sort()).toEqual([400, 400, 429])
    expect(await guess(codes.user_code)).toBe(429)
    // Somebody else is not kept from it.
    const other = await signedIn(aws, outputs, 'ben@starlight.example')
    await typeCode(other, codes)
    expect(other.page.heading).toBe('Allow Starlight TV to use your account?')
    await aws.clock.advance({ minutes: 30 })
    expect(await guess('CCCCCCC4')).toBe(400)
    // 30^8 codes: a thousand accounts that guess for a year at a thousand codes that wait find less than one in four.
    expect(alphabetOf('#B').length ** 8).toBe(656_100_000_000)
    expect(guessOdds('#B', 8, 1000 * 10 * 2 * 24 * 365, 1000)).toBeCloseTo(0.267, 3)
  },
  { calm: 'a guess whose answer is lost is counted all the same' },
)
