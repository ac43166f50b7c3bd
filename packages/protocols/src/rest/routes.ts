import { AwsError, commonError, type OperationModel, type ServiceModel } from '@cloud-orrery/models'
import type { HttpRequest } from '../http.ts'
import { decodeComponent } from '../values.ts'
import { olderForms } from './older-routes.ts'

type Segment =
  | { kind: 'literal'; text: string }
  | { kind: 'label'; name: string }
  | { kind: 'greedy'; name: string }

interface Route {
  operation: OperationModel
  segments: readonly Segment[]
  /** Query literals that must be there: `uploads`, `list-type=2`. An undefined value: the key is enough. */
  literals: readonly { key: string; value: string | undefined }[]
  /** `x-id` names the operation where a client sends it; most do not. */
  id: string | undefined
  /** Required members in query and headers, lower case: they tell operations of one URI apart. */
  demandedQuery: readonly string[]
  /** S3 knows its operations by their query: without it, they are others. */
  isNamedByQuery: boolean
  demandedHeaders: readonly string[]
}

/** Routes by method, the most specific path first. */
type RouteTable = ReadonlyMap<string, readonly Route[]>

const tables = new WeakMap<ServiceModel, RouteTable>()

export interface RouteMatch {
  operation: OperationModel
  labels: Record<string, string>
}

/**
 * The REST operation whose method and URI template fit best: literal segments before labels before greedy
 * labels; then the most query literals; then the most required query and header members that are present, which
 * is how GetObject and ListParts, PutObject and CopyObject are told apart. Throws `InvalidURI`.
 */
export function matchRoute(model: ServiceModel, request: HttpRequest): RouteMatch | undefined {
  const routes = tableOf(model).get(request.method)
  if (routes === undefined) return undefined
  const path = pathSegments(request.path)
  const query = queryKeys(request.query)
  let best: { route: Route; score: number } | undefined
  let path0: Route | undefined
  for (const route of routes) {
    if (path0 !== undefined && !samePath(path0, route)) break
    if (!fitsPath(route.segments, path)) continue
    const score = scoreOf(route, query, request.headers)
    if (score === undefined) continue
    path0 ??= route
    if (best === undefined || score > best.score) best = { route, score }
  }
  if (best === undefined) return undefined
  return { operation: best.route.operation, labels: labelsOf(best.route.segments, path) }
}

/** Keys and raw values of the query, cheaply: decoding is left to the members that are bound to it. */
function queryKeys(query: string): Map<string, string> {
  const keys = new Map<string, string>()
  if (query === '') return keys
  for (const part of query.split('&')) {
    const equals = part.indexOf('=')
    const key = equals < 0 ? part : part.slice(0, equals)
    keys.set(decodeComponent(key) ?? key, equals < 0 ? '' : part.slice(equals + 1))
  }
  return keys
}

/** Undefined: the route is out. */
function scoreOf(
  route: Route,
  query: Map<string, string>,
  headers: Record<string, string>,
): number | undefined {
  for (const { key, value } of route.literals) {
    const given = query.get(key)
    if (given === undefined || (value !== undefined && given !== value)) return undefined
  }
  const id = query.get('x-id')
  if (id !== undefined && route.id !== undefined && id !== route.id) return undefined
  let score = route.literals.length * 100 + (id === route.operation.name ? 1 : 0)
  // A required member that is missing keeps a route as the last resort, so that the answer can name it.
  for (const name of route.demandedQuery) {
    if (route.isNamedByQuery && !query.has(name)) return undefined
    score += query.has(name) ? 10 : -1000
  }
  for (const name of route.demandedHeaders) score += headers[name] === undefined ? -1000 : 10
  return score
}

/** Raw segments after the leading slash: `/a/b` is `['a', 'b']`, `/` is none, `/a/` is `['a', '']`. */
function pathSegments(path: string): string[] {
  const inner = path.startsWith('/') ? path.slice(1) : path
  return inner === '' ? [] : inner.split('/')
}

function fitsPath(segments: readonly Segment[], path: readonly string[]): boolean {
  const { length } = segments
  for (let i = 0; i < length; i++) {
    const segment = segments[i]
    const part = path[i]
    if (segment === undefined || part === undefined) return false
    if (segment.kind === 'greedy') return fitsGreedy(segments, path, i)
    if (segment.kind === 'literal' ? segment.text !== part : part === '') return false
  }
  return path.length === length || (path.length === length + 1 && path[length] === '')
}

/** A greedy label takes all that the segments after it leave, at least one character. */
function fitsGreedy(segments: readonly Segment[], path: readonly string[], at: number): boolean {
  const after = segments.length - at - 1
  const taken = path.length - at - after
  if (taken < 1 || (taken === 1 && path[at] === '')) return false
  for (let i = 1; i <= after; i++) {
    const segment = segments[segments.length - i]
    const part = path[path.length - i]
    if (segment?.kind === 'literal' && segment.text !== part) return false
  }
  return true
}

function labelsOf(segments: readonly Segment[], path: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {}
  const last = segments.length - 1
  for (let i = 0; i <= last; i++) {
    const segment = segments[i]
    if (segment?.kind === 'label') labels[segment.name] = labelText(path[i] ?? '')
    if (segment?.kind !== 'greedy') continue
    const end = path.length - (last - i)
    labels[segment.name] = labelText(path.slice(i, end).join('/'))
    for (let k = i + 1; k <= last; k++) {
      const later = segments[k]
      if (later?.kind === 'label') labels[later.name] = labelText(path[end + k - i - 1] ?? '')
    }
    break
  }
  return labels
}

const invalidUri = commonError('InvalidURI', 400)

function labelText(raw: string): string {
  const text = decodeComponent(raw)
  if (text === undefined) throw new AwsError(invalidUri, "Couldn't parse the specified URI.")
  return text
}

function tableOf(model: ServiceModel): RouteTable {
  let table = tables.get(model)
  if (table === undefined) {
    table = compile(model)
    tables.set(model, table)
  }
  return table
}

function compile(model: ServiceModel): RouteTable {
  const byMethod = new Map<string, Route[]>()
  for (const operation of [...Object.values(model.operations), ...olderForms(model)]) {
    if (operation.http === undefined || isSuperseded(model, operation)) continue
    const routes = byMethod.get(operation.http.method) ?? []
    routes.push(compileRoute(model, operation, operation.http.uri))
    byMethod.set(operation.http.method, routes)
  }
  for (const routes of byMethod.values()) routes.sort(bySpecificity)
  return byMethod
}

/**
 * Operations that S3's model keeps for old clients under the URI of their successors: PutBucketLifecycle and
 * PutBucketLifecycleConfiguration are one on the wire, and it is the newer form that S3 reads.
 */
function isSuperseded(model: ServiceModel, { name, http }: OperationModel): boolean {
  const newer = model.operations[`${name}Configuration`]
  return (
    newer?.http !== undefined && newer.http.method === http?.method && newer.http.uri === http.uri
  )
}

function compileRoute(model: ServiceModel, operation: OperationModel, uri: string): Route {
  const [path = '', query = ''] = uri.split('?', 2)
  const pairs = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      return equals < 0
        ? { key: part, value: undefined }
        : { key: part.slice(0, equals), value: part.slice(equals + 1) }
    })
  const required = Object.values(operation.input.members ?? {}).filter((member) => member.required)
  return {
    operation,
    segments: pathSegments(path)
      .filter((part, i) => i === 0 || part !== '')
      .map(compileSegment),
    literals: pairs.filter(({ key }) => key !== 'x-id'),
    id: pairs.find(({ key }) => key === 'x-id')?.value,
    demandedQuery: required
      .filter((member) => member.location === 'query')
      .map((member) => member.locationName ?? member.name),
    isNamedByQuery: model.noErrorWrapping === true,
    demandedHeaders: required
      .filter((member) => member.location === 'header')
      .map((member) => (member.locationName ?? member.name).toLowerCase()),
  }
}

function compileSegment(part: string): Segment {
  if (!part.startsWith('{') || !part.endsWith('}')) return { kind: 'literal', text: part }
  return part.endsWith('+}')
    ? { kind: 'greedy', name: part.slice(1, -2) }
    : { kind: 'label', name: part.slice(1, -1) }
}

const rank = { literal: 0, label: 1, greedy: 2 } as const

/** Segment by segment; where one template is the beginning of the other, the longer first. */
function bySpecificity(a: Route, b: Route): number {
  const length = Math.min(a.segments.length, b.segments.length)
  for (let i = 0; i < length; i++) {
    const left = a.segments[i]
    const right = b.segments[i]
    if (left === undefined || right === undefined) break
    if (left.kind !== right.kind) return rank[left.kind] - rank[right.kind]
    if (left.kind === 'literal' && right.kind === 'literal' && left.text !== right.text) {
      return left.text < right.text ? -1 : 1
    }
  }
  return b.segments.length - a.segments.length
}

function samePath(a: Route, b: Route): boolean {
  return bySpecificity(a, b) === 0
}
