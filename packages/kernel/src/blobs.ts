import { createHash } from 'node:crypto'
import { invariant } from './errors.ts'

/** A large body kept beside the tables, named by its content. */
export interface BlobRef {
  readonly sha256: string
  readonly sizeBytes: number
}

/** Where bodies are that are not in memory. Undefined: not there either. */
export type BlobSource = (sha256: string) => Uint8Array | undefined

/** Content-addressed bodies. Forks share one store: a body never changes, so nothing can leak across. */
export class Blobs {
  readonly #bodies = new Map<string, Uint8Array>()
  /** Asked for bodies that are not in memory: those of an earlier process. */
  readonly #source: BlobSource | undefined

  constructor(source?: BlobSource) {
    this.#source = source
  }

  put(body: Uint8Array): BlobRef {
    const sha256 = createHash('sha256').update(body).digest('hex')
    if (!this.#bodies.has(sha256)) this.#bodies.set(sha256, body)
    return { sha256, sizeBytes: body.byteLength }
  }

  get(ref: BlobRef): Uint8Array {
    const body = this.find(ref.sha256)
    invariant(body !== undefined, `blob ${ref.sha256} is missing`)
    return body
  }

  /** The body, wherever it is; undefined where nobody put it. */
  find(sha256: string): Uint8Array | undefined {
    const kept = this.#bodies.get(sha256)
    if (kept !== undefined) return kept
    const body = this.#source?.(sha256)
    if (body !== undefined) this.#bodies.set(sha256, body)
    return body
  }

  /** The body if it is in memory. */
  inMemory(sha256: string): Uint8Array | undefined {
    return this.#bodies.get(sha256)
  }

  /** Drops every body that `live` does not name. Returns the bytes freed. */
  collectGarbage(live: ReadonlySet<string>): number {
    let freedBytes = 0
    for (const [sha256, body] of this.#bodies) {
      if (live.has(sha256)) continue
      freedBytes += body.byteLength
      this.#bodies.delete(sha256)
    }
    return freedBytes
  }

  *entries(): Generator<[string, Uint8Array], void, undefined> {
    yield* this.#bodies
  }
}
