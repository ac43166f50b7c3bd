import type { Member, MemberLocation, Shape, XmlNamespace } from '@cloud-orrery/models'
import { type TextWriting, writeText } from '../text-values.ts'
import { asRecord } from '../values.ts'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Control characters, which S3 writes as references although XML 1.0 has none for them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be escaped.
const special = /[&<>"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/g
const attributeSpecial = /[\t\n]/g

function reference(character: string): string {
  return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`
}

export function escapeXml(text: string): string {
  return text.replace(special, (character) => escapes[character] ?? reference(character))
}

function escapeAttribute(text: string): string {
  return escapeXml(text).replace(attributeSpecial, reference)
}

export function namespaceAttribute(namespace: XmlNamespace | undefined): string {
  if (namespace === undefined) return ''
  const name = namespace.prefix === undefined ? 'xmlns' : `xmlns:${namespace.prefix}`
  return ` ${name}="${escapeAttribute(namespace.uri)}"`
}

/** `<name attributes>content</name>`, or `<name attributes/>` without content. */
export function xmlElement(name: string, attributes: string, content: string): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`
}

/** A structure as an element of that name. `inherited`: the namespace where the shape has none of its own. */
export function writeXmlRoot(
  name: string,
  value: Record<string, unknown>,
  shape: Shape,
  namespace: XmlNamespace | undefined,
  writing: TextWriting,
  elsewhere?: ReadonlySet<MemberLocation>,
): string {
  const attributes = namespaceAttribute(namespace) + attributesOf(value, shape, writing)
  return xmlElement(name, attributes, writeXmlMembers(value, shape, writing, elsewhere))
}

/** The child elements of a structure. `elsewhere`: places of members that are written in another part. */
export function writeXmlMembers(
  value: Record<string, unknown>,
  shape: Shape,
  writing: TextWriting,
  elsewhere?: ReadonlySet<MemberLocation>,
): string {
  let xml = ''
  const { members = {} } = shape
  for (const name in members) {
    const member = members[name]
    const item = value[name]
    if (item === undefined || item === null || member === undefined) continue
    if (member.xmlAttribute === true) continue
    if (member.location !== undefined && elsewhere?.has(member.location) === true) continue
    xml += writeXmlMember(member.xmlName ?? name, item, member, writing)
  }
  return xml
}

function attributesOf(value: Record<string, unknown>, shape: Shape, writing: TextWriting): string {
  let text = ''
  const { members = {} } = shape
  for (const name in members) {
    const member = members[name]
    const item = value[name]
    if (member?.xmlAttribute !== true || item === undefined || item === null) continue
    text += ` ${member.xmlName ?? name}="${escapeAttribute(writeText(item, member, writing))}"`
  }
  return text
}

/** A member under its element name; flattened lists and maps repeat it. */
function writeXmlMember(
  name: string,
  value: unknown,
  member: Member,
  writing: TextWriting,
): string {
  const { shape } = member
  if (member.xmlFlattened !== true || (shape.type !== 'list' && shape.type !== 'map')) {
    return writeXmlValue(name, value, member, writing)
  }
  const namespace = namespaceAttribute(member.xmlNamespace)
  if (shape.type === 'map') return writeEntries(name, namespace, value, shape, writing)
  const { member: element } = shape
  if (element === undefined) return ''
  return writeItems(
    name,
    value,
    { ...element, ...(member.xmlNamespace && { xmlNamespace: member.xmlNamespace }) },
    writing,
  )
}

function writeXmlValue(name: string, value: unknown, member: Member, writing: TextWriting): string {
  const { shape } = member
  const own = writing.nestedNamespaces === true ? shape.xmlNamespace : undefined
  const namespace = namespaceAttribute(member.xmlNamespace ?? own)
  switch (shape.type) {
    case 'structure':
    case 'union': {
      const record = asRecord(value, shape.name)
      const attributes = namespace + attributesOf(record, shape, writing)
      return xmlElement(name, attributes, writeXmlMembers(record, shape, writing))
    }
    case 'list': {
      const { member: element } = shape
      if (element === undefined) return ''
      const items = writeItems(element.xmlName ?? 'member', value, element, writing)
      return xmlElement(name, namespace, items)
    }
    case 'map':
      return xmlElement(name, namespace, writeEntries('entry', '', value, shape, writing))
    default:
      return xmlElement(name, namespace, escapeXml(writeText(value, member, writing)))
  }
}

function writeItems(name: string, value: unknown, member: Member, writing: TextWriting): string {
  let xml = ''
  for (const item of value as Iterable<unknown>) {
    if (item !== undefined && item !== null) xml += writeXmlValue(name, item, member, writing)
  }
  return xml
}

function writeEntries(
  name: string,
  namespace: string,
  value: unknown,
  shape: Shape,
  writing: TextWriting,
): string {
  let xml = ''
  if (shape.key === undefined || shape.value === undefined) return xml
  for (const [key, item] of Object.entries(asRecord(value, shape.name))) {
    if (item === undefined || item === null) continue
    const pair =
      writeXmlValue(shape.key.xmlName ?? 'key', key, shape.key, writing) +
      writeXmlMember(shape.value.xmlName ?? 'value', item, shape.value, writing)
    xml += xmlElement(name, namespace, pair)
  }
  return xml
}
