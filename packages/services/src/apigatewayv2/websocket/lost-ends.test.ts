import { openSocket } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { socketApi } from './socket-api.test-support.ts'
import { connections } from './state.ts'

test('a connection whose end nobody tells, as after a restart, is over a minute after it was closed', async () => {
  const seen: unknown[] = []
  const made = await socketApi({
    _disconnect: (event: { requestContext: Record<string, unknown> }) => {
      const { eventType, disconnectStatusCode } = event.requestContext
      seen.push([eventType, disconnectStatusCode])
      return { statusCode: 200 }
    },
  })
  const { cloud, apiId } = made
  const headers = {
    host: `${apiId}.execute-api.us-east-1.amazonaws.com`,
    upgrade: 'websocket',
  }
  const upgrade = { method: 'GET', path: '/live', query: '', headers, body: new Uint8Array() }
  await openSocket(cloud, 'in-process', upgrade, { send: () => {}, close: () => {} })
  cloud.sockets.clear()
  const scope = cloud.scope('123456789012', 'us-east-1')
  await cloud.advance({ minutes: 10 })
  expect([connections.count(scope), seen]).toEqual([1, []])
  await cloud.advance({ minutes: 1 })
  expect([connections.count(scope), seen]).toEqual([0, [['DISCONNECT', 1001]]])
})
