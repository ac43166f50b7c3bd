import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCloud } from './index.ts'
import { outboundHttp } from './outbound.ts'

/** Answers with the bytes that came, turned around, and two cookies. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    response.setHeader('set-cookie', ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'])
    response.end(Buffer.concat(chunks).reverse())
  })
})
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => server.close())

const bytes = Uint8Array.from([0xff, 0x00, 0xc3])
const turned = Buffer.from([0xc3, 0x00, 0xff])

test('bytes and cookies come to a host and back as they are', async () => {
  const request = { method: 'POST', url, headers: {}, body: '', bytes, timeoutMs: 5_000 }
  const answer = await outboundHttp(createCloud(), request)
  expect([answer.status, answer.bytes, answer.cookies]).toEqual([
    200,
    turned,
    ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'],
  ])
})

test('bytes that a service hears are in the journal as plain data', async () => {
  const cloud = createCloud()
  const service = await cloud.services.load('events')
  const cause = cloud.kernel.journal.append({
    atMs: cloud.kernel.clock.nowMs,
    kind: 'task',
    name: 'events.deliver',
    cause: undefined,
    entered: false,
    data: {},
  })
  const scope = { accountId: '123456789012', region: 'us-east-1' }
  const ctx = cloud.contextOf(service, scope, cause)
  const request = { method: 'POST', url, headers: {}, body: '', bytes, timeoutMs: 5_000 }
  expect((await ctx.http(request)).bytes).toEqual(turned)
  const entry = cloud.kernel.journal.entries.findLast(({ kind }) => kind === 'outside')
  expect(entry?.data['result']).toMatchObject({ status: 200, body: '', base64: 'wwD/' })
})
