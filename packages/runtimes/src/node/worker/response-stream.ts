import { Writable } from 'node:stream'
import { RuntimeError } from './errors.ts'

const httpIntegrationContentType = 'application/vnd.awslambda.http-integration-response'
/** Between the prelude and the body. Source: Lambda developer guide, "Response streaming". */
const delimiterBytes = 8

export interface StreamedChunk {
  readonly atMs: number
  readonly base64: string
}

type Write = (chunk: unknown) => void

/** What a streaming function writes its answer to. */
export class ResponseStream extends Writable {
  readonly chunks: StreamedChunk[] = []
  contentType = 'application/octet-stream'
  _onBeforeFirstWrite: ((write: Write) => void) | undefined
  #started = false

  constructor(nowMs: () => number) {
    super({
      decodeStrings: true,
      write: (chunk: Buffer, _, callback) => {
        if (chunk.length > 0) {
          this.chunks.push({ atMs: Math.floor(nowMs()), base64: chunk.toString('base64') })
        }
        callback()
      },
    })
  }

  setContentType(contentType: string): void {
    if (this.#started) {
      throw new RuntimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.')
    }
    this.contentType = contentType
  }

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    const data =
      typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk)
    this.#begin()
    return Reflect.apply(super.write, this, [data, ...rest])
  }

  override end(...args: unknown[]): this {
    const [chunk] = args
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') this.#begin()
    return Reflect.apply(super.end, this, args)
  }

  #begin(): void {
    if (this.#started) return
    this.#started = true
    this._onBeforeFirstWrite?.((chunk) => void super.write(chunk))
  }
}

/** `awslambda.HttpResponseStream`: an answer with status and headers before its body. */
export const HttpResponseStream = {
  from(stream: ResponseStream, prelude: unknown): ResponseStream {
    stream.setContentType(httpIntegrationContentType)
    const text = JSON.stringify(prelude)
    stream._onBeforeFirstWrite = (write) => {
      write(text)
      write(new Uint8Array(delimiterBytes))
    }
    return stream
  },
}
