import { Duplex } from 'node:stream'

/** What the far end of a connection does with its near end, which is the code's. */
export interface NearEnd {
  readonly destroyed: boolean
  /** Takes data in; false where it is to wait for `room`. `null` ends it. */
  push(chunk: Buffer | null): boolean
  /** Something came: a time-out starts again. */
  touch(): void
}

/** The model's end of a connection of the code's, as the code's end needs it. */
export interface FarSide {
  readonly destroyed: boolean
  /** Takes data in; false where it is to wait for `onRead`. `null` ends it. */
  push(chunk: Buffer | null): boolean
  onRead: (() => void) | undefined
  /** The near end has room again. */
  room(): void
  /** The near end has gone. */
  destroy(): unknown
}

/** The model's end as a stream, for a server of Node's. It never leaves the worker. */
export class FarEnd extends Duplex implements FarSide {
  readonly near: NearEnd
  readonly remoteAddress = '169.254.100.6'
  readonly encrypted: boolean
  /** Calls back the near end, which may write again. */
  onRead: (() => void) | undefined
  #onRoom: (() => void) | undefined

  constructor(near: NearEnd, encrypted: boolean) {
    super({ allowHalfOpen: true })
    this.near = near
    this.encrypted = encrypted
  }

  /** The near end has room again. */
  room(): void {
    const onRoom = this.#onRoom
    this.#onRoom = undefined
    onRoom?.()
  }

  override _read(): void {
    const onRead = this.onRead
    this.onRead = undefined
    onRead?.()
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    if (!this.near.destroyed) {
      this.near.touch()
      if (!this.near.push(chunk)) {
        this.#onRoom = done
        return
      }
    }
    done()
  }

  override _final(done: () => void): void {
    if (!this.near.destroyed) this.near.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.near.destroyed && !this.writableFinished) this.near.push(null)
    done(error)
  }

  /** The connection lives in the model: none of these says anything there. */
  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
