import type { Member, OperationModel, Shape } from '@cloud-orrery/models'
import type { HttpRequest } from '../http.ts'
import { DecodeProblem } from '../problem.ts'
import { parseForm } from '../query/form.ts'
import { readText } from '../text-values.ts'
import { readTimestampText, timestampFormat } from '../timestamp.ts'
import { decodeBase64, decodeText, setEntry } from '../values.ts'

/** Removes what a body can't give: members that stand elsewhere in a request. */
export function bodyMembersOnly(
  members: Record<string, unknown>,
  shape: Shape,
): Record<string, unknown> {
  for (const name of Object.keys(members)) {
    const location = shape.members?.[name]?.location
    if (location !== undefined && location !== 'responseCode') delete members[name]
  }
  return members
}

/** The members of an input by where they stand in a request. */
export interface InputBindings {
  labels: readonly Member[]
  headers: readonly Member[]
  prefixHeaders: Member | undefined
  query: readonly Member[]
  queryParams: Member | undefined
  payload: Member | undefined
  /** Whether members without a place are in a body of their own. */
  hasBodyMembers: boolean
}

const bindingsByShape = new WeakMap<Shape, InputBindings>()

export function inputBindings(shape: Shape): InputBindings {
  let bindings = bindingsByShape.get(shape)
  if (bindings === undefined) {
    const members = Object.values(shape.members ?? {})
    const at = (location: Member['location']) =>
      members.filter((member) => member.location === location)
    bindings = {
      labels: at('label'),
      headers: at('header'),
      prefixHeaders: at('prefixHeaders')[0],
      query: at('query'),
      queryParams: at('queryParams')[0],
      payload: at('payload')[0],
      hasBodyMembers: at(undefined).length + at('responseCode').length > 0,
    }
    bindingsByShape.set(shape, bindings)
  }
  return bindings
}

/** Reads labels, query and headers into `result`. Throws `DecodeProblem`. */
export function readRequestBindings(
  operation: OperationModel,
  labels: Readonly<Record<string, string>>,
  request: HttpRequest,
  result: Record<string, unknown>,
): void {
  const bindings = inputBindings(operation.input)
  for (const member of bindings.labels) {
    const text = labels[member.name]
    if (text !== undefined) {
      result[member.name] = readText(text, member, { place: 'label', name: member.name })
    }
  }
  if (request.query !== '' && (bindings.query.length > 0 || bindings.queryParams !== undefined)) {
    readQuery(bindings, operation, request.query, result)
  }
  for (const member of bindings.headers) {
    const name = (member.locationName ?? member.name).toLowerCase()
    const text = request.headers[name]
    if (text === undefined) continue
    const value = readHeader(text, member, name)
    if (value !== undefined) result[member.name] = value
  }
  const prefixed = bindings.prefixHeaders
  if (prefixed !== undefined) readPrefixHeaders(prefixed, request.headers, result)
}

function readQuery(
  { query, queryParams }: InputBindings,
  operation: OperationModel,
  text: string,
  result: Record<string, unknown>,
): void {
  const values = new Map<string, string[]>()
  for (const [name, value] of parseForm(text, 'query')) {
    const known = values.get(name)
    if (known === undefined) values.set(name, [value])
    else known.push(value)
  }
  for (const member of query) {
    const name = member.locationName ?? member.name
    const texts = values.get(name)
    if (texts === undefined) continue
    const value = readQueryMember(texts, member, name)
    if (value !== undefined) result[member.name] = value
  }
  if (queryParams !== undefined) readQueryParams(queryParams, operation, values, result)
}

function readQueryMember(texts: string[], member: Member, name: string): unknown {
  const at = { place: 'query', name } as const
  const { shape } = member
  if (shape.type === 'list') {
    const { member: element } = shape
    return element === undefined ? [] : texts.map((text) => readText(text, element, at))
  }
  const [first = ''] = texts
  // `?max-keys=` is the same as leaving it out; an empty string is a value.
  if (first === '' && shape.type !== 'string' && shape.type !== 'enum') return undefined
  return readText(first, member, at)
}

/** All parameters but the URI's own and a signature's: those with members of their own are among them. */
function readQueryParams(
  member: Member,
  { http }: OperationModel,
  values: Map<string, string[]>,
  result: Record<string, unknown>,
): void {
  const literals = new Set(
    (http?.uri.split('?')[1] ?? '').split('&').map((part) => part.split('=')[0]),
  )
  const map: Record<string, unknown> = {}
  const asList = member.shape.value?.shape.type === 'list'
  let any = false
  for (const [name, texts] of values) {
    if (literals.has(name) || name.startsWith('X-Amz-')) continue
    setEntry(map, name, asList ? texts : texts[0])
    any = true
  }
  if (any) result[member.name] = map
}

function readPrefixHeaders(
  member: Member,
  headers: Readonly<Record<string, string>>,
  result: Record<string, unknown>,
): void {
  const prefix = (member.locationName ?? '').toLowerCase()
  const map: Record<string, unknown> = {}
  let any = false
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(prefix)) continue
    setEntry(map, name.slice(prefix.length), value)
    any = true
  }
  if (any) result[member.name] = map
}

function readHeader(text: string, member: Member, name: string): unknown {
  const { shape } = member
  const at = { place: 'header', name } as const
  if (shape.type === 'list') {
    const { member: element } = shape
    if (element === undefined) return []
    return splitHeaderList(text, element).map((item) => readText(item, element, at))
  }
  if (text === '' && shape.type !== 'string' && shape.type !== 'enum') return undefined
  if (shape.type === 'timestamp') return readTimestampText(text.trim(), 'header', name)
  const isText = shape.type === 'string' || shape.type === 'enum'
  if (isText && (member.mediaType ?? shape.mediaType) !== undefined) {
    // A string with a media type travels as Base64. Source: Smithy specification, `httpHeader` trait.
    const bytes = decodeBase64(text)
    if (bytes === undefined) throw new DecodeProblem('blob', 'Invalid Base64', 'header', name)
    return decodeText(bytes)
  }
  return readText(text, member, at)
}

/** Elements of a header: commas inside quotes and HTTP dates do not part them. */
export function splitHeaderList(text: string, element: Member): string[] {
  if (element.shape.type === 'timestamp') {
    const format = timestampFormat(element, 'http-date')
    if (format === 'http-date') return splitDates(text)
  }
  const items: string[] = []
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)/gy
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (match === null) throw new DecodeProblem('syntax', 'Malformed list', 'header')
    const quoted = match[1]
    items.push(quoted === undefined ? (match[2] ?? '').trim() : quoted.replace(/\\(.)/g, '$1'))
    if (!match[0].endsWith(',')) break
  }
  return items.filter((item, i) => item !== '' || i < items.length - 1 || items.length > 1)
}

/** `Mon, 16 Dec 2019 23:48:18 GMT, Mon, ...`: every second comma parts. */
function splitDates(text: string): string[] {
  const parts = text.split(',')
  const dates: string[] = []
  for (let i = 0; i < parts.length; i += 2) {
    dates.push(`${parts[i] ?? ''},${parts[i + 1] ?? ''}`.trim())
  }
  return dates
}
