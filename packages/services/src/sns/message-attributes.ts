import type { MessageAttributeValue } from '@cloud-orrery/models/sns'
import { parameterValueInvalid } from './errors.ts'
import { attributeNameBytesMax } from './limits.ts'
import type { StoredAttribute } from './state.ts'

type Given = Readonly<Record<string, MessageAttributeValue>>
export type StoredAttributes = Readonly<Record<string, StoredAttribute>>

/** Checks a message's attributes and makes plain data of them. Recorded: sns, Publish. */
export function readMessageAttributes(given: Given): StoredAttributes {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      checkName(name)
      return [name, readValue(name, value)]
    }),
  )
}

/** Bytes that attributes count for: names, types and values. */
export function attributesBytes(attributes: StoredAttributes): number {
  let bytes = 0
  for (const [name, { dataType, value }] of Object.entries(attributes)) {
    const valueBytes = dataType.startsWith('Binary')
      ? Buffer.from(value, 'base64').byteLength
      : Buffer.byteLength(value)
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType) + valueBytes
  }
  return bytes
}

function checkName(name: string): void {
  if (Buffer.byteLength(name) > attributeNameBytesMax) {
    throw parameterValueInvalid(
      `Length of message attribute name must be less than ${attributeNameBytesMax} bytes.`,
    )
  }
  const bad = /[^A-Za-z0-9_.-]/u.exec(name)?.[0]
  if (bad !== undefined) {
    const code = (bad.codePointAt(0) ?? 0).toString(16).toUpperCase()
    throw parameterValueInvalid(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    )
  }
  if (name.startsWith('.')) {
    throw parameterValueInvalid(
      "Invalid message attribute name starting with character '.' was found.",
    )
  }
  if (name.endsWith('.')) {
    throw parameterValueInvalid(
      "Invalid message attribute name ending with character '.' was found.",
    )
  }
  if (name.includes('..')) {
    throw parameterValueInvalid("Message attribute name can not have successive '.' character.")
  }
}

function readValue(
  name: string,
  { DataType, StringValue, BinaryValue }: MessageAttributeValue,
): StoredAttribute {
  if (!/^(String|Number|Binary)(\..+)?$/s.test(DataType)) {
    throw parameterValueInvalid(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    )
  }
  const isBinary = DataType.startsWith('Binary')
  const right = isBinary ? BinaryValue : StringValue
  const other = isBinary ? StringValue : BinaryValue
  if (right === undefined && other !== undefined && other.length > 0) {
    throw parameterValueInvalid(
      `The message attribute '${name}' with type '${DataType}' must use field '${isBinary ? 'Binary' : 'String'}'.`,
    )
  }
  if (right === undefined || right.length === 0) {
    throw parameterValueInvalid(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
    )
  }
  const value = typeof right === 'string' ? right : Buffer.from(right).toString('base64')
  if (DataType.startsWith('Number') && !isNumber(value)) {
    throw parameterValueInvalid(`Could not cast message attribute '${name}' value to number.`)
  }
  return { dataType: DataType, value }
}

/** The words of the refusal of other values are ours. */
function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text.trim())
}
