/** An answer of a control call that is no JSON. */
export class Stream {
  readonly type = 'application/gzip'
  readonly bytes: AsyncIterable<Uint8Array>

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.bytes = bytes
  }
}
