import { deflateRawSync } from 'node:zlib'
import type { HttpOperationOutput } from '../../../http-operation.ts'
import { withParameters } from '../answers.ts'
import { errorPage, refusalOf } from '../login-request.ts'
import { at, formOf, type Site } from '../site.ts'
import type { Claims } from './id-token.ts'
import type { Problem } from './oidc-provider.ts'
import { returned, welcome } from './response.ts'
import { type SamlProvider, samlProvider } from './saml-metadata.ts'
import { attributeOf, childrenNamed, parsedXml, textIn, type XmlElement } from './xml.ts'
import { isSigned } from './xml-signature.ts'

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol'
const assertions = 'urn:oasis:names:tc:SAML:2.0:assertion'
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success'
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

/** Largest response, in characters. Source: "The IdP SAML assertion endpoint". */
const responseLengthMax = 100_000
/** How far a provider's clock may be off, in ms. Ours. */
const skewMs = 60_000

/** By this name providers know the pool. Source: "Configuring your third-party SAML identity provider". */
const entityOf = ({ pool }: Site): string => `urn:amazon:cognito:sp:${pool.id}`

const consumerUrl = (site: Site): string => at(site, '/saml2/idpresponse')

/** Where the browser goes with a request to a SAML provider. */
export function samlRequestUrl(
  site: Site,
  { signInUrl }: SamlProvider,
  { state, nonce }: { readonly state: string; readonly nonce: string },
): string {
  const issuedAt = new Date(site.ctx.now()).toISOString()
  const xml = `<samlp:AuthnRequest xmlns:samlp="${protocol}" AssertionConsumerServiceURL="${consumerUrl(site)}" Destination="${signInUrl.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}" ID="_${nonce}" IssueInstant="${issuedAt}" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Version="2.0"><saml:Issuer xmlns:saml="${assertions}">${entityOf(site)}</saml:Issuer></samlp:AuthnRequest>`
  const SAMLRequest = deflateRawSync(Buffer.from(xml)).toString('base64')
  return withParameters(signInUrl, { SAMLRequest, RelayState: state })
}

/** `POST /saml2/idpresponse`: the browser brings a provider's assertion. */
export async function samlResponse(site: Site): Promise<HttpOperationOutput> {
  const form = formOf(site)
  const text = form?.get('SAMLResponse')
  if (typeof text !== 'string' || text.length > responseLengthMax) {
    return errorPage(site, {
      error: 'invalid_request',
      error_description: 'Invalid samlResponse or relayState from identity provider',
    })
  }
  const back = returned(site, form?.get('RelayState') ?? null)
  if ('status' in back) return back
  const { provider, request, signIn } = back
  const outside = await samlProvider(site.ctx, provider)
  if ('problem' in outside) return refusalOf(request, 'invalid_request', outside.problem)
  const claims = asserted(site, outside, text, `_${signIn.nonce}`)
  const { problem } = claims
  if (typeof problem === 'string') {
    const description = `Error in SAML response processing: ${problem}`
    return refusalOf(request, 'invalid_request', description)
  }
  return await welcome(site, back, claims as Claims, outside.entityId) // Not a problem.
}

/** What a signed response says of its person. Source: SAML 2.0 profiles, 4.1.4. */
function asserted(
  site: Site,
  provider: SamlProvider,
  text: string,
  requestId: string,
): Claims | Problem {
  const root = parsedXml(Buffer.from(text, 'base64').toString())
  if (root?.localName !== 'Response' || root.namespace !== protocol) {
    return { problem: 'the response is no SAML response' }
  }
  const [status] = childrenNamed(root, protocol, 'Status')
  const [code] = status === undefined ? [] : childrenNamed(status, protocol, 'StatusCode')
  const told = code === undefined ? undefined : attributeOf(code, 'Value')
  if (told !== success) return { problem: `the identity provider answered ${told}` }
  const [assertion, ...more] = childrenNamed(root, assertions, 'Assertion')
  if (assertion === undefined || more.length > 0) {
    return { problem: 'the response needs one assertion that is not encrypted' }
  }
  const { keys } = provider
  if (!isSigned(root, assertion, keys) && !isSigned(root, root, keys)) {
    return { problem: 'Invalid signature' }
  }
  const problem = mismatch(site, provider, root, assertion, requestId)
  return problem === undefined ? claimsOf(assertion) : { problem }
}

/** The first thing that is not as it must be. */
function mismatch(
  site: Site,
  { entityId }: SamlProvider,
  response: XmlElement,
  assertion: XmlElement,
  requestId: string,
): string | undefined {
  const now = site.ctx.now()
  const issuer = childrenNamed(assertion, assertions, 'Issuer').map(textIn)[0]?.trim()
  if (issuer !== entityId) return `Invalid issuer ${issuer}`
  if ((attributeOf(response, 'Destination') ?? consumerUrl(site)) !== consumerUrl(site)) {
    return 'Invalid destination'
  }
  if ((attributeOf(response, 'InResponseTo') ?? requestId) !== requestId) {
    return 'the response is to another request'
  }
  const [conditions] = childrenNamed(assertion, assertions, 'Conditions')
  if (conditions === undefined || !isNow(conditions, now))
    return 'Assertion is expired or not yet valid'
  const audiences = childrenNamed(conditions, assertions, 'AudienceRestriction').flatMap((one) =>
    childrenNamed(one, assertions, 'Audience').map((audience) => textIn(audience).trim()),
  )
  if (!audiences.includes(entityOf(site))) {
    return `Audience restriction in SAML Assertion does not allow it for ${entityOf(site)}`
  }
  const [subject] = childrenNamed(assertion, assertions, 'Subject')
  const confirmations =
    subject === undefined ? [] : childrenNamed(subject, assertions, 'SubjectConfirmation')
  const isConfirmed = confirmations.some((one) => confirms(site, one, requestId, now))
  return isConfirmed ? undefined : 'the subject is not confirmed'
}

function confirms(site: Site, confirmation: XmlElement, requestId: string, now: number): boolean {
  const [data] = childrenNamed(confirmation, assertions, 'SubjectConfirmationData')
  return (
    attributeOf(confirmation, 'Method') === bearer &&
    data !== undefined &&
    attributeOf(data, 'Recipient') === consumerUrl(site) &&
    attributeOf(data, 'InResponseTo') === requestId &&
    attributeOf(data, 'NotOnOrAfter') !== undefined &&
    isNow(data, now)
  )
}

function isNow(element: XmlElement, now: number): boolean {
  const from = attributeOf(element, 'NotBefore')
  const until = attributeOf(element, 'NotOnOrAfter')
  const isBegun = from === undefined || Date.parse(from) - skewMs <= now
  return isBegun && (until === undefined || Date.parse(until) + skewMs > now)
}

/** Attributes by their names, and the name of the person. */
function claimsOf(assertion: XmlElement): Claims | Problem {
  const claims: Record<string, unknown> = {}
  for (const statement of childrenNamed(assertion, assertions, 'AttributeStatement')) {
    for (const attribute of childrenNamed(statement, assertions, 'Attribute')) {
      const values = childrenNamed(attribute, assertions, 'AttributeValue').map(textIn)
      const name = attributeOf(attribute, 'Name') ?? ''
      if (values.length > 0) claims[name] = values.length === 1 ? values[0] : values
    }
  }
  const [subject] = childrenNamed(assertion, assertions, 'Subject')
  const [nameId] = subject === undefined ? [] : childrenNamed(subject, assertions, 'NameID')
  if (nameId === undefined) return { problem: 'the assertion names nobody' }
  return { ...claims, sub: textIn(nameId).trim() }
}
