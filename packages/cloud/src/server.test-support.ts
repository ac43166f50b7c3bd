import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2'
import { connect } from 'node:net'
import type { HttpRequest } from '@cloud-orrery/protocols'
import { onTestFinished } from 'vitest'
import { type Cloud, type CloudOptions, createCloud, type Listening, listen } from './index.ts'

export const token = 'the-control-token'

/** A cloud that listens on a free port until the test is over. */
export async function served(
  options: CloudOptions = {},
): Promise<{ cloud: Cloud; server: Listening }> {
  const cloud = createCloud(options)
  const server = await listen(cloud, { port: 0, token })
  onTestFinished(() => server.close())
  return { cloud, server }
}

/** Everything that the server says on a connection until it ends it, or is quiet after `quietMs`. */
export function raw(
  port: number,
  pieces: readonly (string | Buffer)[],
  quietMs = 5_000,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    const done = (): void => {
      socket.destroy()
      resolve(Buffer.concat(received).toString('latin1'))
    }
    socket.setTimeout(quietMs, done)
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('close', done)
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') done()
      else reject(error)
    })
    const send = (index: number): void => {
      const piece = pieces[index]
      if (piece === undefined || socket.destroyed) return
      socket.write(piece)
      setImmediate(() => send(index + 1))
    }
    send(0)
  })
}

/** A request as its HTTP/1.1 text, the last one on its connection unless it says otherwise. */
export function textOf(
  { method, path, query, headers, body }: HttpRequest,
  connection: 'close' | 'keep-alive' = 'close',
): Buffer {
  const all = { connection, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  const target = query === '' ? path : `${path}?${query}`
  const length = `content-length: ${body.byteLength}`
  const head = `${method} ${target} HTTP/1.1\r\n${[...lines, length].join('\r\n')}\r\n\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}

export interface Http2Answer {
  readonly headers: IncomingHttpHeaders & { ':status'?: number }
  readonly text: string
}

/** Sends requests over one HTTP/2 connection without TLS, all at once. */
export async function http2(
  port: number,
  requests: readonly HttpRequest[],
): Promise<Http2Answer[]> {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  try {
    return await Promise.all(
      requests.map(
        ({ method, path, query, headers: { host, ...headers }, body }) =>
          new Promise<Http2Answer>((resolve, reject) => {
            const stream = session.request({
              ':method': method,
              ':path': query === '' ? path : `${path}?${query}`,
              ':authority': host ?? '',
              ...headers,
            })
            let answered: IncomingHttpHeaders = {}
            const chunks: Buffer[] = []
            stream.on('response', (headers) => {
              answered = headers
            })
            stream.on('data', (chunk: Buffer) => chunks.push(chunk))
            stream.on('end', () =>
              resolve({ headers: answered, text: Buffer.concat(chunks).toString() }),
            )
            stream.on('error', reject)
            stream.end(body)
          }),
      ),
    )
  } finally {
    session.close()
  }
}
