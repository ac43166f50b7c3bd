/**
 * A bare Node HTTP server that hands each request to a handler in a worker thread, as an event of payload format 2.0,
 * and answers what it returns: the floor for an HTTP API with a function. Argument: the handler's module as base64.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'

interface Answer {
  readonly id: number
  readonly result: { statusCode: number; headers: Record<string, string>; body: string }
}

const inWorker = `
  import { parentPort } from 'node:worker_threads'
  const { handler } = await import('data:text/javascript;base64,${process.argv[2] ?? ''}')
  parentPort.on('message', async ({ id, event }) => {
    parentPort.postMessage({ id, result: await handler(event) })
  })`
const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(inWorker)}`))
const waiting = new Map<number, (answer: Answer) => void>()
worker.on('message', (answer: Answer) => {
  waiting.get(answer.id)?.(answer)
  waiting.delete(answer.id)
})

function eventOf({ method, url = '/', headers }: IncomingMessage, body: string) {
  return {
    version: '2.0',
    routeKey: `${method} ${url}`,
    rawPath: url,
    rawQueryString: '',
    headers,
    requestContext: { http: { method, path: url, sourceIp: '127.0.0.1' } },
    body,
    isBase64Encoded: false,
  }
}

let last = 0
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    last += 1
    waiting.set(last, ({ result: { statusCode, headers, body } }) => {
      response.writeHead(statusCode, { ...headers, 'content-length': Buffer.byteLength(body) })
      response.end(body)
    })
    worker.postMessage({ id: last, event: eventOf(request, Buffer.concat(chunks).toString()) })
  })
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`${JSON.stringify({ port })}\n`)
})
