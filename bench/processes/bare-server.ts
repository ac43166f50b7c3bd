/**
 * A Node HTTP server that answers every request with the same bytes: the floor for the port. It reads the body,
 * as any server has to. Argument: the answer as base64 of JSON `{ status, headers, body }`, body as base64.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

const { status, headers, body } = JSON.parse(
  Buffer.from(process.argv[2] ?? '', 'base64').toString(),
) as Answer
const bytes = Buffer.from(body, 'base64')

const server = createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => {
    response.writeHead(status, headers)
    response.end(bytes)
  })
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`${JSON.stringify({ port })}\n`)
})
