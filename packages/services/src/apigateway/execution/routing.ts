import { methodOf } from '../api-lookup.ts'
import type { ApiSnapshot, MethodRecord, ResourceRecord } from '../state.ts'

/** The resource and the method that a request means. */
export interface Route {
  readonly resource: ResourceRecord
  readonly method: MethodRecord
  readonly pathParameters: Readonly<Record<string, string>>
}

interface Branch {
  resource?: ResourceRecord
  readonly named: Map<string, Branch>
  variable?: { readonly name: string; readonly branch: Branch }
  greedy?: { readonly name: string; readonly resource: ResourceRecord }
}

/** Trees of resources, by the snapshots that hold them: a deployment never changes. */
const trees = new WeakMap<ApiSnapshot, Branch>()

function treeOf(api: ApiSnapshot): Branch {
  let tree = trees.get(api)
  if (tree === undefined) {
    tree = { named: new Map() }
    for (const resource of api.resources) add(tree, resource)
    trees.set(api, tree)
  }
  return tree
}

function add(tree: Branch, resource: ResourceRecord): void {
  let branch = tree
  for (const segment of resource.path.split('/').filter((it) => it !== '')) {
    const variable = /^\{(.+?)(\+?)\}$/.exec(segment)
    if (variable?.[2] === '+') {
      branch.greedy = { name: variable[1] ?? '', resource }
      return
    }
    if (variable !== null) {
      branch.variable ??= { name: variable[1] ?? '', branch: { named: new Map() } }
      branch = branch.variable.branch
    } else {
      let next = branch.named.get(segment)
      if (next === undefined) {
        next = { named: new Map() }
        branch.named.set(segment, next)
      }
      branch = next
    }
  }
  branch.resource = resource
}

/**
 * Finds the most specific resource that has the method: names before variables, variables before the rest of a path.
 * Source: developer guide, "Set up a method using the API Gateway console", proxy resources.
 */
export function routeOf(api: ApiSnapshot, httpMethod: string, path: string): Route | undefined {
  const segments = path.split('/').filter((segment) => segment !== '')
  for (const { resource, parameters } of candidates(treeOf(api), segments, 0, {})) {
    const method = methodOf(resource, httpMethod) ?? methodOf(resource, 'ANY')
    if (method !== undefined) return { resource, method, pathParameters: parameters }
  }
  return undefined
}

function* candidates(
  branch: Branch,
  segments: readonly string[],
  at: number,
  parameters: Readonly<Record<string, string>>,
): Generator<{ resource: ResourceRecord; parameters: Readonly<Record<string, string>> }> {
  const segment = segments[at]
  if (segment === undefined) {
    if (branch.resource !== undefined && hasMethods(branch.resource)) {
      yield { resource: branch.resource, parameters }
    }
    return
  }
  const named = branch.named.get(segment)
  if (named !== undefined) yield* candidates(named, segments, at + 1, parameters)
  if (branch.variable !== undefined) {
    const { name, branch: next } = branch.variable
    yield* candidates(next, segments, at + 1, { ...parameters, [name]: decoded(segment) })
  }
  if (branch.greedy !== undefined) {
    const { name, resource } = branch.greedy
    const rest = segments.slice(at).map(decoded).join('/')
    yield { resource, parameters: { ...parameters, [name]: rest } }
  }
}

function hasMethods({ methods }: ResourceRecord): boolean {
  return Object.keys(methods).length > 0
}

/** A segment as parameters have it; what is no encoding stays as it is. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
