/**
 * How many tokens a second the token endpoint of a user pool issues, signing included, for each grant: in the process
 * and over the port. Run: node bench/tokens.ts, compiled.
 */
import { generateKeyPairSync, sign } from 'node:crypto'
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  type CreateUserPoolClientCommandInput,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { type Cloud, client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { encoded, script } from './processes/children.ts'
import { startServer } from './processes/server.ts'
import { median, printTable, type Row } from './table.ts'

const perSecondMin = 300
const batches = 12
const callsPerBatch = 100
const roundMs = 1_000
const rounds = 7
const connections = 4

const host = 'bench.auth.us-east-1.amazoncognito.com'
const callback = 'https://app.example.com/callback'
const password = 'Correct-horse-1'
const formType = { 'content-type': 'application/x-www-form-urlencoded' }

/** A pool with a login domain, a person, and clients for programs and for people. */
async function poolOf(idp: CognitoIdentityProviderClient) {
  const { UserPool } = await idp.send(new CreateUserPoolCommand({ PoolName: 'bench' }))
  const UserPoolId = UserPool?.Id
  await idp.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain: 'bench' }))
  await idp.send(
    new CreateResourceServerCommand({
      ...{ UserPoolId, Identifier: 'orders', Name: 'orders' },
      Scopes: [{ ScopeName: 'read', ScopeDescription: 'Read orders' }],
    }),
  )
  const appOf = async (input: Partial<CreateUserPoolClientCommandInput>) => {
    const { UserPoolClient } = await idp.send(
      new CreateUserPoolClientCommand({
        ...{ UserPoolId, ClientName: 'app', AllowedOAuthFlowsUserPoolClient: true },
        ...input,
      }),
    )
    return UserPoolClient ?? {}
  }
  const program = await appOf({
    GenerateSecret: true,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: ['orders/read'],
  })
  const people = await appOf({
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'email'],
    CallbackURLs: [callback],
    SupportedIdentityProviders: ['COGNITO'],
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  })
  const person = { UserPoolId, Username: 'ann' }
  const UserAttributes = [{ Name: 'email', Value: 'ann@example.com' }]
  await idp.send(new AdminCreateUserCommand({ ...person, UserAttributes }))
  await idp.send(
    new AdminSetUserPasswordCommand({ ...person, Password: password, Permanent: true }),
  )
  const { AuthenticationResult } = await idp.send(
    new InitiateAuthCommand({
      ClientId: people.ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'ann', PASSWORD: password },
    }),
  )
  const clientId = people.ClientId ?? ''
  return {
    clientId,
    credentials: {
      grant_type: 'client_credentials',
      client_id: program.ClientId ?? '',
      client_secret: program.ClientSecret ?? '',
      scope: 'orders/read',
    },
    refresh: {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: AuthenticationResult?.RefreshToken ?? '',
    },
  }
}

async function post(cloud: Cloud, path: string, form: object, headers: Record<string, string>) {
  return await fetchFromCloud(cloud, `https://${host}${path}`, {
    method: 'POST',
    headers: { ...formType, ...headers },
    body: new URLSearchParams(Object.entries(form)).toString(),
  })
}

async function issued(cloud: Cloud, form: object): Promise<void> {
  const answer = await post(cloud, '/oauth2/token', form, {})
  if (answer.status !== 200) throw new Error(`It was refused: ${await answer.text()}`)
  await answer.text()
}

/** A browser's session, and codes for it as the app asks for them. */
async function signedIn(cloud: Cloud, clientId: string) {
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: clientId, redirect_uri: callback, scope: 'openid' },
  })
  const page = await fetchFromCloud(cloud, `https://${host}/login?${query}`)
  const html = await page.text()
  const cookies = page.headers.getSetCookie().map((one) => one.split(';')[0] ?? '')
  const form = {
    _csrf: /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? '',
    username: 'ann',
    password,
  }
  const back = await post(cloud, `/login?${query}`, form, {
    cookie: cookies.join('; '),
    origin: `https://${host}`,
  })
  cookies.push(...back.headers.getSetCookie().map((one) => one.split(';')[0] ?? ''))
  const headers = { cookie: cookies.join('; ') }
  return async () => {
    const sent = await fetchFromCloud(cloud, `https://${host}/oauth2/authorize?${query}`, {
      headers,
    })
    const code = new URL(sent.headers.get('location') ?? '').searchParams.get('code')
    if (code === null) throw new Error(`No code: ${sent.headers.get('location')}`)
    return { grant_type: 'authorization_code', client_id: clientId, redirect_uri: callback, code }
  }
}

/** Issues one batch after the other: calls a second of wall time and of processor time, of the median batch. */
async function ratesOf(batch: () => Promise<readonly (() => Promise<void>)[]>) {
  const wallMs: number[] = []
  const cpuMs: number[] = []
  for (let i = -3; i < batches; i += 1) {
    const calls = await batch()
    const cpu = process.cpuUsage()
    const startedAt = performance.now()
    for (const call of calls) await call()
    const ms = performance.now() - startedAt
    const { user, system } = process.cpuUsage(cpu)
    if (i < 0) continue
    wallMs.push(ms)
    cpuMs.push((user + system) / 1000)
  }
  const perSecond = (times: readonly number[]) => (callsPerBatch * 1000) / median(times)
  return { wall: perSecond(wallMs), cpu: perSecond(cpuMs) }
}

/** What no token can do without, in ms: RS256 by a key of 2,048 bits. */
function signatureMs(): number {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const text = Buffer.alloc(600, 'a')
  const cpu = process.cpuUsage()
  for (let i = 0; i < 500; i += 1) sign('RSA-SHA256', text, privateKey)
  const { user, system } = process.cpuUsage(cpu)
  return (user + system) / 500 / 1000
}

/** By processor time, since that is what one core gives; wall time counts what else the machine does. */
function row(grant: string, where: string, perSecond: number, ofProcessor: number): Row {
  return {
    what: `tokens a second of one core by ${grant}, ${where}`,
    value: `${ofProcessor.toFixed(0)} (${perSecond.toFixed(0)} by the clock; a signature alone takes ${signatureMs().toFixed(2)} ms)`,
    target: `>= ${perSecondMin}`,
    ok: ofProcessor >= perSecondMin,
  }
}

async function inProcess(): Promise<Row[]> {
  const cloud = createCloud()
  const { credentials, refresh, clientId } = await poolOf(
    client(cloud, CognitoIdentityProviderClient),
  )
  const codeOf = await signedIn(cloud, clientId)
  const same = (form: object) => async () =>
    Array.from({ length: callsPerBatch }, () => () => issued(cloud, form))
  const codes = async () => {
    const forms = []
    for (let i = 0; i < callsPerBatch; i += 1) forms.push(await codeOf())
    return forms.map((form) => () => issued(cloud, form))
  }
  const rows: Row[] = []
  for (const [grant, batch] of [
    ['client_credentials', same(credentials)],
    ['refresh_token (two signatures)', same(refresh)],
    ['authorization_code (two signatures)', codes],
  ] as const) {
    const { wall, cpu } = await ratesOf(batch)
    rows.push(row(grant, 'in the process', wall, cpu))
  }
  cloud.close()
  return rows
}

async function overThePort(): Promise<Row[]> {
  const server = await startServer()
  const { credentials, refresh } = await poolOf(server.client(CognitoIdentityProviderClient))
  const rows: Row[] = []
  for (const [grant, form] of [
    ['client_credentials', credentials],
    ['refresh_token', refresh],
  ] as const) {
    const body = Buffer.from(new URLSearchParams(form).toString())
    const load = script(
      'load',
      encoded({
        ...{ method: 'POST', path: '/oauth2/token', body: body.toString('base64') },
        headers: { host, ...formType, 'content-length': String(body.length) },
        ...{ connections, roundMs },
      }),
    )
    const rates: number[] = []
    const processorRates: number[] = []
    for (let i = -1; i < rounds; i += 1) {
      const cpuMs = server.cpuMs()
      load.write(`${server.port}\n`)
      const { calls, failed, ms } = JSON.parse(await load.line()) as Record<string, number>
      if (failed !== 0 || calls === undefined || ms === undefined) {
        throw new Error(`${failed} calls failed`)
      }
      if (i < 0) continue
      rates.push((calls * 1000) / ms)
      const usedMs = (server.cpuMs() ?? 0) - (cpuMs ?? 0)
      processorRates.push((calls * 1000) / (usedMs === 0 ? ms : usedMs))
    }
    await load.end()
    const where = `over the port, ${connections} connections`
    rows.push(row(grant, where, median(rates), median(processorRates)))
  }
  await server.end()
  return rows
}

printTable('Tokens', [...(await inProcess()), ...(await overThePort())])
