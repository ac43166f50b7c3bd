import type { StoredServiceModel } from '@cloud-orrery/models'

/** A correction of a model that is known to be wrong. `packages/models/patches/<service>.json` lists them. */
export interface Patch {
  readonly op: 'add' | 'replace' | 'remove'
  /** JSON pointer into the stored model. */
  readonly path: string
  readonly value?: unknown
  /** Why, with the source of the truth. */
  readonly reason: string
}

/**
 * Applies patches in order. `add` refuses what is there, `replace` and `remove` what is not: a patch that
 * a new version of the model has made needless fails instead of lingering.
 */
export function applyPatches(
  model: StoredServiceModel,
  patches: readonly Patch[],
): StoredServiceModel {
  const patched = structuredClone(model)
  for (const patch of patches) applyPatch(patched, patch)
  return patched
}

function applyPatch(model: object, { op, path, value, reason }: Patch): void {
  if (reason.trim() === '') throw new Error(`${path}: a patch needs its reason`)
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = keys.pop() ?? ''
  let at = model as Record<string, unknown>
  for (const key of keys) {
    const next = at[key]
    if (typeof next !== 'object' || next === null) throw new Error(`${path}: ${key} is not there`)
    at = next as Record<string, unknown>
  }
  const present = last in at
  if (op === 'add' && present) throw new Error(`${path} is there already: drop the patch`)
  if (op !== 'add' && !present) throw new Error(`${path} is not there: drop the patch`)
  if (op === 'remove') delete at[last]
  else at[last] = value
}
