import { createHash } from 'node:crypto'
import type { MessageAttributeValue } from '@cloud-orrery/models/sqs'
import { invalidParameter, invalidValue } from './errors.ts'
import { messageAttributesMax } from './limits.ts'
import type { StoredAttribute, StoredAttributes } from './state.ts'

type Attributes = Readonly<Record<string, MessageAttributeValue>>

const nameCharactersMax = 256
/** Letters of all scripts. Observed on AWS: `attr.1øßä` is taken. */
const validName = /^[\p{L}\p{N}_.-]+$/u
/** Source: SQS Developer Guide, "Message metadata": a type, a dot, a label of one's own. */
const validType = /^(String|Number|Binary)(\..+)?$/
const typeCharactersMax = 256

/** Checks attributes of a message to be sent and puts them as they are kept. */
export function storedAttributes(attributes: Attributes): StoredAttributes {
  const entries = Object.entries(attributes)
  if (entries.length > messageAttributesMax) {
    throw invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${messageAttributesMax}].`,
    )
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, storedAttribute(name, value)]))
}

function storedAttribute(name: string, value: MessageAttributeValue): StoredAttribute {
  checkName(name)
  const { DataType: dataType, StringValue, BinaryValue } = value
  if (value.StringListValues?.length || value.BinaryListValues?.length) {
    throw invalidParameter(
      'Message attribute list values in SendMessage operation are not supported.',
    )
  }
  if (dataType === undefined || dataType === '') {
    throw invalidParameter(
      `The message attribute '${name}' must contain non-empty message attribute type.`,
    )
  }
  const [, type] = validType.exec(dataType) ?? []
  if (type === undefined || dataType.length > typeCharactersMax) {
    throw invalidParameter(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    )
  }
  if (StringValue !== undefined && BinaryValue !== undefined) {
    throw invalidParameter(
      `Message attribute value cannot have both a string and a binary value: '${name}'.`,
    )
  }
  const content = type === 'Binary' ? BinaryValue : StringValue
  if (content === undefined || content.length === 0) {
    throw invalidParameter(
      `Message (user) attribute '${name}' must contain a non-empty value of type '${type === 'Binary' ? 'Binary' : 'String'}'.`,
    )
  }
  if (typeof content === 'string') {
    if (type === 'Number' && !isNumber(content)) {
      throw invalidParameter(
        `Can't cast the value of message (user) attribute '${name}' to a number.`,
      )
    }
    return { dataType, stringValue: content }
  }
  return { dataType, binaryValue: Buffer.from(content).toString('base64') }
}

function checkName(name: string): void {
  const lower = name.toLowerCase()
  const reserved = lower.startsWith('aws.') || lower.startsWith('amazon.')
  const dots = name.startsWith('.') || name.endsWith('.') || name.includes('..')
  if (name.length > nameCharactersMax || !validName.test(name) || reserved || dots) {
    throw invalidValue(
      name,
      'MessageAttributeName',
      'MessageAttributeName can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters only.',
    )
  }
}

function isNumber(text: string): boolean {
  return text.trim() === text && text !== '' && Number.isFinite(Number(text))
}

/**
 * MD5 over attributes in the order of their names: length and text of name and type, one byte for the
 * transport (1 string, 2 bytes), length and value; lengths are four bytes, big endian.
 * Source: SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
 */
export function md5OfAttributes(attributes: StoredAttributes): string {
  const hash = createHash('md5')
  const add = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hash.update(length).update(bytes)
  }
  for (const name of Object.keys(attributes).sort()) {
    const { dataType, stringValue, binaryValue } = attributes[name] ?? { dataType: '' }
    add(Buffer.from(name))
    add(Buffer.from(dataType))
    if (binaryValue === undefined) {
      hash.update(Uint8Array.of(1))
      add(Buffer.from(stringValue ?? ''))
    } else {
      hash.update(Uint8Array.of(2))
      add(Buffer.from(binaryValue, 'base64'))
    }
  }
  return hash.digest('hex')
}

/** Bytes that attributes add to a message: names, types and values. */
export function bytesOfAttributes(attributes: StoredAttributes): number {
  let bytes = 0
  for (const [name, { dataType, stringValue, binaryValue }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType)
    bytes +=
      binaryValue === undefined
        ? Buffer.byteLength(stringValue ?? '')
        : Buffer.from(binaryValue, 'base64').length
  }
  return bytes
}

/** Those attributes that a receiver asks for: `All`, `.*`, `prefix.*` or a name. */
export function attributesAskedFor(
  attributes: StoredAttributes,
  names: readonly string[],
): StoredAttributes {
  const wanted = (name: string) =>
    names.some(
      (asked) =>
        asked === 'All' ||
        asked === name ||
        (asked.endsWith('.*') && name.startsWith(asked.slice(0, -2))),
    )
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => wanted(name)))
}

export function shownAttributes(
  attributes: StoredAttributes,
): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
      name,
      {
        DataType: dataType,
        ...(stringValue === undefined ? {} : { StringValue: stringValue }),
        ...(binaryValue === undefined
          ? {}
          : { BinaryValue: new Uint8Array(Buffer.from(binaryValue, 'base64')) }),
      },
    ]),
  )
}
