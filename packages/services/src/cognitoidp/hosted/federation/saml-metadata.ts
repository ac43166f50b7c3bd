import { type KeyObject, X509Certificate } from 'node:crypto'
import type { Context } from '../../../context.ts'
import type { Provider } from '../../clients/state.ts'
import { providerTimeoutMs } from '../limits.ts'
import type { Problem } from './oidc-provider.ts'
import {
  attributeOf,
  childrenNamed,
  everyElement,
  parsedXml,
  textIn,
  type XmlElement,
} from './xml.ts'

const metadata = 'urn:oasis:names:tc:SAML:2.0:metadata'
const signatures = 'http://www.w3.org/2000/09/xmldsig#'
const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'

/** What a SAML provider says of itself. */
export interface SamlProvider {
  readonly entityId: string
  /** Where browsers are sent with a request. */
  readonly signInUrl: string
  /** With which it signs. */
  readonly keys: readonly KeyObject[]
}

/** Reads a provider's metadata, from its settings or from where they point. */
export async function samlProvider(
  ctx: Context,
  provider: Provider,
): Promise<SamlProvider | Problem> {
  const { name, details } = provider
  const unbuilt = ['RequestSigningAlgorithm', 'EncryptedResponses', 'IDPInit', 'IDPSignout'].find(
    (setting) => details[setting] !== undefined && details[setting] !== 'false',
  )
  if (unbuilt !== undefined) {
    return { problem: `Orrery does not model ${unbuilt} of SAML providers yet (${name})` }
  }
  const text = details['MetadataFile'] ?? (await fetchedText(ctx, details['MetadataURL'] ?? ''))
  const root = parsedXml(text)
  const descriptor = root === undefined ? undefined : idpOf(root)
  return descriptor ?? { problem: `Metadata of ${name} could not be read` }
}

async function fetchedText(ctx: Context, url: string): Promise<string> {
  if (!URL.canParse(url)) return ''
  const headers = { accept: 'application/xml, text/xml' }
  const answer = await ctx.http({
    method: 'GET',
    url,
    headers,
    body: '',
    timeoutMs: providerTimeoutMs,
  })
  return answer.status === 200 ? answer.body : ''
}

function idpOf(root: XmlElement): SamlProvider | undefined {
  for (const entity of everyElement(root)) {
    if (entity.localName !== 'EntityDescriptor' || entity.namespace !== metadata) continue
    const [idp] = childrenNamed(entity, metadata, 'IDPSSODescriptor')
    if (idp === undefined) continue
    const entityId = attributeOf(entity, 'entityID')
    const services = childrenNamed(idp, metadata, 'SingleSignOnService')
    const service = services.find((one) => attributeOf(one, 'Binding') === redirectBinding)
    const signInUrl = service === undefined ? undefined : attributeOf(service, 'Location')
    const keys = childrenNamed(idp, metadata, 'KeyDescriptor').flatMap(keysOf)
    const isWhole = entityId !== undefined && signInUrl !== undefined && keys.length > 0
    if (isWhole && URL.canParse(signInUrl)) return { entityId, signInUrl, keys }
  }
  return undefined
}

function keysOf(descriptor: XmlElement): KeyObject[] {
  if ((attributeOf(descriptor, 'use') ?? 'signing') !== 'signing') return []
  const found: KeyObject[] = []
  for (const element of everyElement(descriptor)) {
    if (element.localName !== 'X509Certificate' || element.namespace !== signatures) continue
    try {
      const bytes = Buffer.from(textIn(element).replaceAll(/\s/g, ''), 'base64')
      found.push(new X509Certificate(bytes).publicKey)
    } catch {
      // No certificate: the next may be one.
    }
  }
  return found
}
