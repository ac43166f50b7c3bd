import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpRequest } from '@cloud-orrery/protocols'

/** A request that a process made of its runtime's server. Answered by the one who takes it. */
export interface ProcessRequest {
  readonly request: HttpRequest
  readonly response: ServerResponse
  /** Aborted when the process' end of the connection has gone before the answer. */
  readonly gone: AbortSignal
}

/**
 * Requests that are being read and answers that are being written. While there are any, a process that waits may do so
 * for us.
 */
export class Traffic {
  #moving = 0

  get moves(): boolean {
    return this.#moving > 0
  }

  begin(): () => void {
    this.#moving += 1
    let isOver = false
    return () => {
      if (!isOver) this.#moving -= 1
      isOver = true
    }
  }
}

/** Largest body, in bytes: what S3 takes in one request. */
const bodyBytesMax = 5 * 1024 ** 3

/** A server on the loopback for one environment. Returns when it listens; the server is closed by its owner. */
export async function serve(
  take: (request: ProcessRequest) => void,
  traffic: Traffic,
): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (incoming, response) => {
    const leaving = new AbortController()
    response.on('close', () => {
      if (!response.writableFinished) leaving.abort()
    })
    const isRead = traffic.begin()
    void read(incoming).then((request) => {
      isRead()
      if (request !== undefined) take({ request, response, gone: leaving.signal })
      else response.writeHead(413).end()
    })
  })
  server.timeout = 0
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', resolve)
  await promise
  server.unref()
  return server
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port // It listens on a port.
}

async function read(incoming: IncomingMessage): Promise<HttpRequest | undefined> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      sizeBytes += chunk.byteLength
      if (sizeBytes > bodyBytesMax) return undefined
      chunks.push(chunk)
    }
  } catch {
    // The process went away in the middle; nobody reads an answer.
    return undefined
  }
  const target = incoming.url ?? '/'
  const mark = target.indexOf('?')
  const headers: Record<string, string> = {}
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    headers[name] = values.join(',')
  }
  return {
    method: incoming.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers,
    body: Buffer.concat(chunks),
  }
}
