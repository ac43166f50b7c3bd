import {
  CreateResourceServerCommand,
  CreateUserPoolDomainCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53'
import { client, createCloud, fetchFromCloud, shownEntry } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { putCertificate } from '../../shared/certificates/certificates.test-support.ts'
import { decoded, password } from '../cognito.test-support.ts'
import { Browser, callback, oauthSettings, origin, startHosted } from './browser.test-support.ts'

const certificate =
  'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000'

test('a custom domain answers once DNS leads to its distribution, and under its own name alone', async () => {
  const { cloud, idp, UserPoolId, authorizeUrl, newUser } = await startHosted()
  await newUser('ana')
  putCertificate(cloud, certificate, { names: ['login.people.net'] })
  const dns = client(cloud, Route53Client)
  const { HostedZone } = await dns.send(
    new CreateHostedZoneCommand({ Name: 'people.net', CallerReference: '1' }),
  )
  const add = async (set: ResourceRecordSet) => {
    const Changes = [{ Action: 'CREATE' as const, ResourceRecordSet: set }]
    const HostedZoneId = HostedZone?.Id
    await dns.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }))
  }
  // Cognito wants the parent domain to have an address.
  await add({ Name: 'people.net', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] })
  const { CloudFrontDomain = '' } = await idp.send(
    new CreateUserPoolDomainCommand({
      ...{ UserPoolId, Domain: 'login.people.net' },
      CustomDomainConfig: { CertificateArn: certificate },
    }),
  )
  expect(CloudFrontDomain).toMatch(/^d[a-z0-9]{13}\.cloudfront\.net$/)
  const own = authorizeUrl().replace(origin, 'https://login.people.net')
  const AliasTarget = {
    HostedZoneId: 'Z2FDTNDATAQYW2',
    DNSName: CloudFrontDomain,
    EvaluateTargetHealth: false,
  }
  await add({ Name: 'login.people.net', Type: 'A', AliasTarget })
  const browser = new Browser(cloud)
  browser.cookies.set('login.people.net', new Map())
  expect((await browser.open(own)).url.host).toBe('login.people.net')
  const { url } = await browser.submit({ username: 'ana', password })
  expect(url.href).toMatch(/^https:\/\/app\.example\.com\/callback\?code=/)
  const direct = await fetchFromCloud(cloud, `https://${CloudFrontDomain}/login`)
  expect(direct.status).toBe(404)
})

test('what people and apps send to a login stays out of what is shown of the journal', async () => {
  const made = await startHosted({}, { GenerateSecret: true })
  const { cloud, browser, authorizeUrl, newUser, post, basic, clientSecret } = made
  await newUser('ana')
  await browser.open(authorizeUrl())
  const { url } = await browser.submit({ username: 'ana', password })
  const code = url.searchParams.get('code') ?? ''
  const form = { grant_type: 'authorization_code', code, redirect_uri: callback }
  const { body } = await post('/oauth2/token', form, { authorization: basic })
  const shown = cloud.kernel.journal.entries
    .filter(({ name }) => name === 'cognitoidp.HostedLogin')
    .map((entry) => JSON.stringify({ ...JSON.parse(shownEntry(entry)).data, changes: [] }))
    .join('\n')
  const secrets = [password, code, clientSecret, basic.slice(6), body?.['refresh_token']]
  const forms = [`password=${password}`].map((text) =>
    Buffer.from(text).toString('base64').slice(0, 12),
  )
  expect([...secrets, ...forms].filter((secret) => shown.includes(String(secret)))).toEqual([])
  expect(shown).toContain('/oauth2/token')
})

test('a program has the scopes of resource servers that its client has', async () => {
  const { idp, UserPoolId, ClientId, post, basic } = await startHosted({}, { GenerateSecret: true })
  const Scopes = ['read', 'write'].map((ScopeName) => ({ ScopeName, ScopeDescription: ScopeName }))
  await idp.send(
    new CreateResourceServerCommand({ UserPoolId, Identifier: 'api', Name: 'api', Scopes }),
  )
  await idp.send(
    new UpdateUserPoolClientCommand({
      ...{ ...oauthSettings, UserPoolId, ClientId },
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: ['api/read', 'api/write'],
    }),
  )
  const ask = (form: Record<string, string>, authorization = basic) =>
    post('/oauth2/token', { grant_type: 'client_credentials', ...form }, { authorization })
  const { status, body } = await ask({})
  const now = Date.UTC(2026, 0, 1) / 1000
  expect([status, Object.keys(body ?? {})]).toEqual([
    200,
    ['access_token', 'expires_in', 'token_type'],
  ])
  const claims = decoded(String(body?.['access_token']))
  expect(claims).toEqual({
    sub: ClientId,
    token_use: 'access',
    scope: 'api/read api/write',
    auth_time: now,
    iss: `https://cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`,
    exp: now + 3600,
    iat: now,
    version: 2,
    jti: claims['jti'],
    client_id: ClientId,
  })
  expect(decoded(String((await ask({ scope: 'api/read' })).body?.['access_token']))['scope']).toBe(
    'api/read',
  )
  expect((await ask({ scope: 'api/delete' })).body).toEqual({ error: 'invalid_scope' })
  const guess = Buffer.from(`${ClientId}:guess`).toString('base64')
  expect((await ask({}, `Basic ${guess}`)).body).toEqual({
    error: 'invalid_client',
    error_description: 'invalid_client_secret',
  })
})

test('the same seed gives the same codes, tokens and pages', async () => {
  const run = async () => {
    const made = await startHosted({}, {}, createCloud({ seed: 7 }))
    await made.newUser('ana')
    await made.browser.open(made.authorizeUrl())
    const { url } = await made.browser.submit({ username: 'ana', password })
    const code = url.searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', client_id: made.ClientId, code }
    const { body } = await made.post('/oauth2/token', { ...form, redirect_uri: callback })
    return [body, made.cloud.kernel.journal.digest()]
  }
  expect(await run()).toEqual(await run())
})
