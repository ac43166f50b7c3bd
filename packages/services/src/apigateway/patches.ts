import type { PatchOperation } from '@cloud-orrery/models/apigateway'
import { badRequest, invalidPatchPath, unsupportedOperation } from './errors.ts'

/** One patch operation, its path taken apart. */
export interface Patch {
  readonly op: string
  /** As it came. */
  readonly path: string
  /** `['requestModels', 'application/json']` of `/requestModels/application~1json`. */
  readonly segments: readonly string[]
  readonly value: string | undefined
  readonly from: string | undefined
}

/** What an update asks for, in order. Source: REST API Reference, "Patch operations"; paths: RFC 6901. */
export function patchesOf(operations: readonly PatchOperation[] | undefined): Patch[] {
  return (operations ?? []).map(({ op = '', path, value, from }) => {
    // Recorded: apigateway, UpdateGatewayResponse, `update-gateway-no-path`.
    if (path === undefined || path === '') throw invalidPatchPath(path)
    const segments = path
      .replace(/^\//, '')
      .split('/')
      .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    return { op, path, segments, value, from }
  })
}

/** Only these operations may be done where a patch points. */
export function only(patch: Patch, ...allowed: readonly string[]): void {
  if (!allowed.includes(patch.op)) throw unsupportedOperation(allowed)
}

/** AWS takes every text but `true` for false. Recorded: apigateway, UpdateMethod, `wrong-value-type`. */
export function flag(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}

/** A map after an addition, a replacement or a removal of one of its entries. */
export function withEntry<T>(
  map: Readonly<Record<string, T>> | undefined,
  patch: Patch,
  name: string,
  valueFrom: (text: string | undefined) => T,
  absent: () => Error,
): Record<string, T> {
  const next = { ...map }
  if (patch.op === 'remove') {
    if (!Object.hasOwn(next, name)) throw absent()
    delete next[name]
  } else if (patch.op === 'add' || patch.op === 'replace') {
    if (patch.op === 'replace' && !Object.hasOwn(next, name)) throw absent()
    next[name] = valueFrom(patch.value)
  } else throw unsupportedOperation(['add', 'remove', 'replace'])
  return next
}

/** A list of names after an addition or removal; a replacement takes its own out and puts the value last. */
export function withItem(list: readonly string[], patch: Patch, name: string): string[] {
  const rest = list.filter((item) => item !== name)
  if (patch.op === 'remove') return rest
  if (patch.op === 'add') return [...rest, name]
  if (patch.op === 'replace') return [...rest, patch.value ?? name]
  throw unsupportedOperation(['add', 'remove', 'replace'])
}

/** Refusals of newer parts of the API. Recorded: apigateway, UpdateModel, UpdateRequestValidator. */
export function replaceOf(patch: Patch, allowed: readonly string[]): string {
  if (patch.op !== 'replace') {
    throw badRequest(
      `Invalid patch path  '${patch.path}' specified for op '${patch.op}'. Please choose supported operations`,
    )
  }
  if (!allowed.includes(patch.path)) {
    throw badRequest(
      `Invalid patch path  '${patch.path}' specified for op 'replace'. Must be one of: [${allowed.join(', ')}]`,
    )
  }
  return patch.path.slice(1)
}

/** An object without members that are undefined: tables keep plain JSON. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // What is left has no undefined member.
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
