import type { RouteRecord } from '../state.ts'

/** A route that a request took, and what its path filled in. */
export interface MatchedRoute {
  readonly route: RouteRecord
  readonly pathParameters: Readonly<Record<string, string>>
}

type Segment =
  | { readonly kind: 'fixed'; readonly text: string }
  | { readonly kind: 'name' | 'greedy'; readonly name: string }

interface CompiledRoute {
  readonly route: RouteRecord
  readonly method: string
  readonly segments: readonly Segment[]
}

/** An API's routes, ready to be asked for a path: the most specific one first. */
export interface Router {
  readonly routes: readonly CompiledRoute[]
  /** By their first segment, where that is fixed. */
  readonly byFirst: ReadonlyMap<string, readonly CompiledRoute[]>
  /** All others. */
  readonly open: readonly CompiledRoute[]
  readonly fallback: RouteRecord | undefined
}

export function compileRoutes(routes: readonly RouteRecord[]): Router {
  const compiled = routes
    .filter(({ RouteKey }) => RouteKey !== '$default')
    .map(compileRoute)
    .sort(bySpecificity)
  const byFirst = new Map<string, CompiledRoute[]>()
  const open: CompiledRoute[] = []
  for (const route of compiled) {
    const [first] = route.segments
    if (first?.kind !== 'fixed') open.push(route)
    else byFirst.set(first.text, [...(byFirst.get(first.text) ?? []), route])
  }
  const fallback = routes.find(({ RouteKey }) => RouteKey === '$default')
  return { routes: compiled, byFirst, open, fallback }
}

function compileRoute(route: RouteRecord): CompiledRoute {
  const [method = 'ANY', path = '/'] = route.RouteKey.split(' ', 2)
  const segments = segmentsOf(path).map((text): Segment => {
    const found = /^\{([^{}+]+)(\+?)\}$/.exec(text)
    if (found?.[1] === undefined) return { kind: 'fixed', text }
    return { kind: found[2] === '+' ? 'greedy' : 'name', name: found[1] }
  })
  return { route, method, segments }
}

/** `/a/b` is `a`, `b`; `/` is one empty segment. */
function segmentsOf(path: string): string[] {
  return path.replace(/^\//, '').split('/')
}

const ranks = { fixed: 0, name: 1, greedy: 2 }

/**
 * Fixed segments before named ones before greedy ones, from the left; a method of its own before `ANY`.
 * Source: developer guide, "Create routes for HTTP APIs", "Routing API requests".
 */
function bySpecificity(a: CompiledRoute, b: CompiledRoute): number {
  const length = Math.max(a.segments.length, b.segments.length)
  for (let at = 0; at < length; at += 1) {
    const rank = rankAt(a, at) - rankAt(b, at)
    if (rank !== 0) return rank
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY')
}

function rankAt({ segments }: CompiledRoute, at: number): number {
  const segment = segments[at]
  return segment === undefined ? 3 : ranks[segment.kind]
}

/** The route of a request; undefined where the API has none for it. */
export function matchRoute(router: Router, method: string, path: string): MatchedRoute | undefined {
  const segments = segmentsOf(path)
  const first = router.byFirst.get(segments[0] ?? '') ?? []
  for (const candidate of merged(first, router.open)) {
    if (candidate.method !== 'ANY' && candidate.method !== method) continue
    const pathParameters = filled(candidate.segments, segments)
    if (pathParameters !== undefined) return { route: candidate.route, pathParameters }
  }
  if (router.fallback === undefined) return undefined
  return { route: router.fallback, pathParameters: {} }
}

/** Routes that begin with the very segment are more specific than all that begin with a name. */
function* merged(
  fixed: readonly CompiledRoute[],
  open: readonly CompiledRoute[],
): Generator<CompiledRoute, void, undefined> {
  yield* fixed
  yield* open
}

/** Whether some method of the path has a route: a preflight without CORS settings is a request like others. */
function filled(
  pattern: readonly Segment[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const found: Record<string, string> = {}
  for (const [at, segment] of pattern.entries()) {
    const text = segments[at]
    if (text === undefined) return undefined
    if (segment.kind === 'greedy') {
      const rest = segments.slice(at).join('/')
      if (rest === '') return undefined
      found[segment.name] = decoded(rest)
      return found
    }
    if (segment.kind === 'fixed') {
      if (segment.text !== text && segment.text !== decoded(text)) return undefined
    } else {
      if (text === '') return undefined
      found[segment.name] = decoded(text)
    }
  }
  return segments.length === pattern.length ? found : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A stray percent sign stands for itself.
  }
}
