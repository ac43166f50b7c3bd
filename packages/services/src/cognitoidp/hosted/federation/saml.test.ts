import 'reflect-metadata'
import { createHash, generateKeyPairSync, sign, webcrypto } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import {
  CreateIdentityProviderCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import * as x509 from '@peculiar/x509'
import { describe, expect, test } from 'vitest'
import { decoded } from '../../cognito.test-support.ts'
import { callback, oauthSettings, origin, startHosted } from '../browser.test-support.ts'

const entityId = 'https://saml.example.com/idp'
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

async function certificate(): Promise<string> {
  const usages: webcrypto.KeyUsage[] = ['sign']
  const bytes = privateKey.export({ type: 'pkcs8', format: 'der' })
  const signer = await webcrypto.subtle.importKey('pkcs8', bytes, algorithm, true, usages)
  const { n, e } = privateKey.export({ format: 'jwk' })
  const jwk = { kty: 'RSA', n, e }
  const publicKey = await webcrypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify'])
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=idp',
    signingAlgorithm: algorithm,
    keys: { privateKey: signer, publicKey },
  })
  return made.toString('base64')
}

async function startSaml() {
  const made = await startHosted()
  const { idp, UserPoolId, ClientId, browser } = made
  const MetadataFile = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${await certificate()}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://saml.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>`
  await idp.send(
    new CreateIdentityProviderCommand({
      ...{ UserPoolId, ProviderName: 'School', ProviderType: 'SAML' },
      ProviderDetails: { MetadataFile },
      AttributeMapping: { email: 'urn:mail' },
    }),
  )
  const client = { ...oauthSettings, SupportedIdentityProviders: ['COGNITO', 'School'] }
  await idp.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId, ...client }))
  const begin = async () => {
    const { url } = await browser.open(
      made.authorizeUrl({ identity_provider: 'School', state: 's' }),
    )
    const request = inflateRawSync(
      Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64'),
    ).toString()
    const requestId = / ID="([^"]+)"/.exec(request)?.[1] ?? ''
    return { url, request, requestId, relayState: url.searchParams.get('RelayState') ?? '' }
  }
  const send = async (xml: string, RelayState: string) => {
    const SAMLResponse = Buffer.from(xml).toString('base64')
    const form = new URLSearchParams({ SAMLResponse, RelayState })
    return (await browser.open(`${origin}/saml2/idpresponse`, form)).url
  }
  return { ...made, begin, send }
}

interface Said {
  readonly poolId: string
  readonly requestId: string
  readonly person?: string
  readonly issuer?: string
  readonly audience?: string
  readonly until?: string
}

/** An assertion, written in its canonical form: what is signed is the text itself. */
function assertion({ poolId, requestId, person = 'kim', ...said }: Said): string {
  const { issuer = entityId, audience = `urn:amazon:cognito:sp:${poolId}` } = said
  const { until = '2026-01-01T00:05:00Z' } = said
  return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="a1" IssueInstant="2026-01-01T00:00:00Z" Version="2.0"><saml:Issuer>${issuer}</saml:Issuer><saml:Subject><saml:NameID>${person}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="${requestId}" NotOnOrAfter="${until}" Recipient="${origin}/saml2/idpresponse"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="2026-01-01T00:00:00Z" NotOnOrAfter="${until}"><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AttributeStatement><saml:Attribute Name="urn:mail"><saml:AttributeValue>kim@school.example</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>`
}

const ds = 'http://www.w3.org/2000/09/xmldsig#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'

function signature(signed: string, id: string): string {
  const digest = createHash('sha256').update(signed).digest('base64')
  const body = `<ds:CanonicalizationMethod Algorithm="${exclusive}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="${ds}enveloped-signature"></ds:Transform><ds:Transform Algorithm="${exclusive}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`
  const info = `<ds:SignedInfo xmlns:ds="${ds}">${body}`
  const value = sign('sha256', Buffer.from(info), privateKey).toString('base64')
  return `<ds:Signature xmlns:ds="${ds}"><ds:SignedInfo>${body}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`
}

const afterIssuer = (xml: string, more: string) =>
  xml.replace('</saml:Issuer>', `</saml:Issuer>${more}`)

const signedAssertion = (said: Said) => {
  const xml = assertion(said)
  return afterIssuer(xml, signature(xml, 'a1'))
}

const response = (inside: string, requestId: string) =>
  `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="${origin}/saml2/idpresponse" ID="r1" InResponseTo="${requestId}" IssueInstant="2026-01-01T00:00:00Z" Version="2.0"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>${inside}</samlp:Response>`

test('a SAML provider is asked by redirect, and its signed assertion makes a user', async () => {
  const made = await startSaml()
  const { UserPoolId, ClientId } = made
  const { url, request, requestId, relayState } = await made.begin()
  expect(url.origin + url.pathname).toBe('https://saml.example.com/sso')
  expect(request).toContain(`AssertionConsumerServiceURL="${origin}/saml2/idpresponse"`)
  expect(request).toContain(`>urn:amazon:cognito:sp:${UserPoolId}</saml:Issuer>`)
  const xml = response(signedAssertion({ poolId: UserPoolId, requestId }), requestId)
  const back = await made.send(xml, relayState)
  const { body } = await made.post('/oauth2/token', {
    ...{ grant_type: 'authorization_code', client_id: ClientId, redirect_uri: callback },
    code: back.searchParams.get('code') ?? '',
  })
  expect(decoded(String(body?.['id_token']))).toMatchObject({
    'cognito:username': 'School_kim',
    email: 'kim@school.example',
    identities: [{ userId: 'kim', providerName: 'School', providerType: 'SAML', issuer: entityId }],
  })
  // The same response again: its request was answered.
  expect((await made.send(xml, relayState)).pathname).toBe('/error')
})

test('a response that is signed as a whole is taken too', async () => {
  const { begin, send, UserPoolId } = await startSaml()
  const { requestId, relayState } = await begin()
  const whole = response(assertion({ poolId: UserPoolId, requestId }), requestId)
  const signed = whole.replace('<samlp:Status>', `${signature(whole, 'r1')}<samlp:Status>`)
  expect((await send(signed, relayState)).pathname).toBe('/callback')
})

describe('what is not signed, or not for us, is refused', () => {
  type Make = (said: { poolId: string; requestId: string }) => string
  const cases: readonly [string, Make, string][] = [
    ['no signature', (it) => assertion(it), 'Invalid signature'],
    [
      'a changed assertion',
      (it) => signedAssertion(it).replace('>kim<', '>principal<'),
      'Invalid signature',
    ],
    [
      'a signature of another element (wrapping)',
      (it) =>
        afterIssuer(
          assertion({ ...it, person: 'principal' }).replace('ID="a1"', 'ID="a2"'),
          signature(assertion(it), 'a1'),
        ).replace(
          '</saml:Assertion>',
          `<saml:Advice>${assertion(it)}</saml:Advice></saml:Assertion>`,
        ),
      'Invalid signature',
    ],
    [
      'two assertions',
      (it) =>
        signedAssertion(it) +
        assertion({ ...it, person: 'principal' }).replace('ID="a1"', 'ID="a2"'),
      'the response needs one assertion that is not encrypted',
    ],
    [
      'the same ID twice',
      (it) => signedAssertion(it).replace('<saml:Subject>', '<saml:Subject ID="a1">'),
      'Invalid signature',
    ],
    ['another issuer', (it) => signedAssertion({ ...it, issuer: 'x' }), 'Invalid issuer x'],
    [
      'an old assertion',
      (it) => signedAssertion({ ...it, until: '2025-12-31T00:00:00Z' }),
      'Assertion is expired or not yet valid',
    ],
    [
      'another request',
      (it) => signedAssertion({ ...it, requestId: '_x' }),
      'the subject is not confirmed',
    ],
    ['a document type', () => '<!DOCTYPE a [<!ENTITY x "y">]>', 'the response is no SAML response'],
  ]
  test.each(cases)('%s', async (_, make, problem) => {
    const { begin, send, UserPoolId } = await startSaml()
    const { requestId, relayState } = await begin()
    const xml = response(make({ poolId: UserPoolId, requestId }), requestId)
    const back = await send(xml, relayState)
    expect(back.searchParams.get('error_description')).toBe(
      `Error in SAML response processing: ${problem}`,
    )
  })

  test('another audience, in words of AWS', async () => {
    const { begin, send, UserPoolId } = await startSaml()
    const { requestId, relayState } = await begin()
    const said = { poolId: UserPoolId, requestId, audience: 'x' }
    const back = await send(response(signedAssertion(said), requestId), relayState)
    expect(back.searchParams.get('error_description')).toBe(
      `Error in SAML response processing: Audience restriction in SAML Assertion does not allow it for urn:amazon:cognito:sp:${UserPoolId}`,
    )
  })
})
