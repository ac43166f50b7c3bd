import type { StoredServiceModel } from '@cloud-orrery/models'

/** Where a model came from. */
export interface Origin {
  /** Our folder name. */
  readonly name: string
  /** Artefact and version. */
  readonly source: string
  /** SHA-256 of the source model. */
  readonly checksum: string
}

/** JSON with one line for each operation and shape: small, and a new version reads well as a diff. */
export function writeModel({ operations, shapes, ...facts }: StoredServiceModel): string {
  const lines = (entries: object): string =>
    Object.entries(entries)
      .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .join(',\n')
  const head = JSON.stringify(facts).slice(0, -1)
  return `${head},\n"operations":{\n${lines(operations)}\n},\n"shapes":{\n${lines(shapes)}\n}}\n`
}

/** Leaves out what is undefined, false or an empty list: absence says the same in fewer bytes. */
export function compact<T extends object>(value: T): Compacted<T> {
  const kept = Object.entries(value).filter(
    ([, it]) => it !== undefined && it !== false && !(Array.isArray(it) && it.length === 0),
  )
  return Object.fromEntries(kept) as Compacted<T>
}

/** A member that could be undefined becomes one that may be absent. */
export type Compacted<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}
