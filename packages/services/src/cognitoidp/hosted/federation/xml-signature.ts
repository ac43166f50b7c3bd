import { createHash, type KeyObject, verify } from 'node:crypto'
import {
  attributeOf,
  childrenNamed,
  elementsOf,
  everyElement,
  textIn,
  type XmlElement,
} from './xml.ts'

const signatures = 'http://www.w3.org/2000/09/xmldsig#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const enveloped = `${signatures}enveloped-signature`

const digests: Readonly<Record<string, string>> = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
}
const methods: Readonly<Record<string, string>> = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': 'sha512',
}

/**
 * An element as it is signed. Source: W3C, Exclusive XML Canonicalization 1.0, without comments: namespaces are declared
 * where they are first used, and those that `inclusive` names where they are in scope.
 */
export function canonical(
  element: XmlElement,
  inclusive: ReadonlySet<string> = new Set(),
  leftOut?: XmlElement,
  rendered: Readonly<Record<string, string>> = {},
): string {
  const used = new Set([element.prefix])
  for (const { prefix } of element.attributes)
    if (prefix !== '' && prefix !== 'xml') used.add(prefix)
  for (const prefix of inclusive) if (prefix in element.namespaces) used.add(prefix)
  const declared: Record<string, string> = { ...rendered }
  let head = element.name
  for (const prefix of [...used].sort()) {
    const namespace = element.namespaces[prefix] ?? ''
    if ((declared[prefix] ?? '') === namespace) continue
    declared[prefix] = namespace
    head += ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapedValue(namespace)}"`
  }
  const inOrder = [...element.attributes].sort(
    (a, b) => compared(a.namespace, b.namespace) || compared(a.localName, b.localName),
  )
  for (const { name, value } of inOrder) head += ` ${name}="${escapedValue(value)}"`
  let body = ''
  for (const child of element.children) {
    if (typeof child === 'string') body += escapedText(child)
    else if (child !== leftOut) body += canonical(child, inclusive, leftOut, declared)
  }
  return `<${head}>${body}</${element.name}>`
}

const compared = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

const escapedText = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#xD;')

const escapedValue = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;')

/**
 * Whether an element carries a signature of its own by one of these keys. Only the shape that SAML allows is taken: one
 * reference, to this very element by its ID, which no other element of the document has.
 */
export function isSigned(
  document: XmlElement,
  element: XmlElement,
  keys: readonly KeyObject[],
): boolean {
  const [signature, ...others] = childrenNamed(element, signatures, 'Signature')
  const id = attributeOf(element, 'ID')
  if (signature === undefined || others.length > 0 || id === undefined) return false
  const sameId = [...everyElement(document)].filter((one) => attributeOf(one, 'ID') === id)
  const [info, ...infos] = childrenNamed(signature, signatures, 'SignedInfo')
  const [value] = childrenNamed(signature, signatures, 'SignatureValue')
  if (sameId.length !== 1 || info === undefined || infos.length > 0 || value === undefined) {
    return false
  }
  const [reference, ...references] = childrenNamed(info, signatures, 'Reference')
  if (reference === undefined || references.length > 0) return false
  if (attributeOf(reference, 'URI') !== `#${id}`) return false
  if (!isDigested(element, signature, reference)) return false
  const method = algorithmOf(info, 'SignatureMethod')
  const form = childrenNamed(info, signatures, 'CanonicalizationMethod')[0]
  const hash = methods[method ?? '']
  if (hash === undefined || form === undefined || attributeOf(form, 'Algorithm') !== exclusive) {
    return false
  }
  const signed = Buffer.from(canonical(info, prefixesOf(form)))
  const bytes = Buffer.from(textIn(value).replaceAll(/\s/g, ''), 'base64')
  return keys.some((key) => key.asymmetricKeyType === 'rsa' && verify(hash, signed, key, bytes))
}

function isDigested(element: XmlElement, signature: XmlElement, reference: XmlElement): boolean {
  const [list] = childrenNamed(reference, signatures, 'Transforms')
  const transforms = list === undefined ? [] : elementsOf(list)
  const names = transforms.map((one) => attributeOf(one, 'Algorithm'))
  if (names.length !== 2 || names[0] !== enveloped || names[1] !== exclusive) return false
  const hash = digests[algorithmOf(reference, 'DigestMethod') ?? '']
  const [value] = childrenNamed(reference, signatures, 'DigestValue')
  const [, form] = transforms
  if (hash === undefined || value === undefined || form === undefined) return false
  const text = canonical(element, prefixesOf(form), signature)
  const digest = createHash(hash).update(text).digest('base64')
  return digest === textIn(value).replaceAll(/\s/g, '')
}

function algorithmOf(parent: XmlElement, name: string): string | undefined {
  const [found] = childrenNamed(parent, signatures, name)
  return found === undefined ? undefined : attributeOf(found, 'Algorithm')
}

/** `InclusiveNamespaces`: prefixes that are declared as in the older canonical form. */
function prefixesOf(form: XmlElement): Set<string> {
  const [list] = childrenNamed(form, exclusive, 'InclusiveNamespaces')
  const text = list === undefined ? undefined : attributeOf(list, 'PrefixList')
  const names = (text ?? '').split(/\s+/).filter((name) => name !== '')
  return new Set(names.map((name) => (name === '#default' ? '' : name)))
}
