import type { Member, MemberLocation, Shape } from '@cloud-orrery/models'
import { writeText } from '../text-values.ts'
import { asRecord, encodeBase64, encodeText } from '../values.ts'

/**
 * Places that a response has besides its body. A member with a place of requests only, in a structure that
 * serves both ways, stands in the body of a response. Source: Smithy protocol tests, IgnoreQueryParamsInResponse.
 */
export const outsideBody: ReadonlySet<MemberLocation> = new Set([
  'header',
  'prefixHeaders',
  'responseCode',
  'payload',
])

export function isInBody({ location }: Member): boolean {
  return location === undefined || !outsideBody.has(location)
}

/** The members of an output or error by where they stand in a response. */
export interface OutputBindings {
  headers: readonly Member[]
  prefixHeaders: Member | undefined
  responseCode: Member | undefined
  payload: Member | undefined
  hasBodyMembers: boolean
}

const bindingsByShape = new WeakMap<Shape, OutputBindings>()

export function outputBindings(shape: Shape): OutputBindings {
  let bindings = bindingsByShape.get(shape)
  if (bindings === undefined) {
    const members = Object.values(shape.members ?? {})
    const at = (location: Member['location']) =>
      members.filter((member) => member.location === location)
    bindings = {
      headers: at('header'),
      prefixHeaders: at('prefixHeaders')[0],
      responseCode: at('responseCode')[0],
      payload: at('payload')[0],
      hasBodyMembers: members.some(isInBody),
    }
    bindingsByShape.set(shape, bindings)
  }
  return bindings
}

/** Writes what stands in headers. */
export function writeHeaders(
  shape: Shape,
  output: Readonly<Record<string, unknown>>,
  headers: Record<string, string>,
): void {
  const bindings = outputBindings(shape)
  for (const member of bindings.headers) {
    const value = output[member.name]
    if (value === undefined || value === null) continue
    const text = writeHeader(value, member)
    if (text === undefined) continue
    headers[(member.locationName ?? member.name).toLowerCase()] = headerSafe(text)
  }
  const prefixed = bindings.prefixHeaders
  const map = prefixed === undefined ? undefined : output[prefixed.name]
  if (prefixed === undefined || map === undefined || map === null) return
  for (const [name, value] of Object.entries(asRecord(map, prefixed.name))) {
    if (value === undefined || value === null) continue
    headers[`${prefixed.locationName ?? ''}${name}`.toLowerCase()] = headerSafe(String(value))
  }
}

/**
 * Text that HTTP can't carry as it is (ISO-8859-1 it can) travels as S3 sends metadata: encoded by RFC 2047.
 * Source: S3 user guide, Working with object metadata.
 */
function headerSafe(text: string): string {
  return headerText.test(text) ? text : `=?UTF-8?B?${encodeBase64(encodeText(text))}?=`
}

const headerText = /^[\t\x20-\x7e\xa0-\xff]*$/

/** Undefined for an empty list: the header is left out. */
function writeHeader(value: unknown, member: Member): string | undefined {
  const { shape } = member
  if (shape.type === 'list') {
    const { member: element } = shape
    if (element === undefined) return undefined
    const items = [...(value as Iterable<unknown>)].filter((item) => item !== null)
    return items.length === 0
      ? undefined
      : items.map((item) => listItem(writeHeaderValue(item, element), element)).join(', ')
  }
  return writeHeaderValue(value, member)
}

function writeHeaderValue(value: unknown, member: Member): string {
  const { shape } = member
  const isText = shape.type === 'string' || shape.type === 'enum'
  if (isText && (member.mediaType ?? shape.mediaType) !== undefined) {
    return encodeBase64(encodeText(String(value)))
  }
  return writeText(value, member, { timestamps: 'http-date' })
}

/** Texts with commas or quotes are quoted. Source: Smithy specification, `httpHeader` trait. */
function listItem(text: string, { shape }: Member): string {
  if (shape.type !== 'string' && shape.type !== 'enum') return text
  return /[",]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text
}

/** The HTTP status of a success: the member that carries it, else the model's. */
export function statusOf(
  shape: Shape,
  output: Readonly<Record<string, unknown>>,
  modelled: number,
): number {
  const { responseCode } = outputBindings(shape)
  const value = responseCode === undefined ? undefined : output[responseCode.name]
  return typeof value === 'number' ? value : modelled
}
