import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { CreateAuthorizerCommand } from '@aws-sdk/client-apigatewayv2'
import { client, openSocket } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { functionCaller } from '../../lambda/functions.test-support.ts'
import { functionArn, type MadeApi } from '../http-api.test-support.ts'
import { socketApi, socketRoute } from './socket-api.test-support.ts'

interface Heard {
  readonly messages: string[]
  closed?: [number, string]
}

async function connected({ cloud, apiId }: MadeApi, query = '') {
  const heard: Heard = { messages: [] }
  const opened = await openSocket(
    cloud,
    'in-process',
    {
      method: 'GET',
      path: '/live',
      query,
      headers: {
        host: `${apiId}.execute-api.us-east-1.amazonaws.com`,
        upgrade: 'websocket',
        'user-agent': 'tester',
      },
      body: new Uint8Array(),
    },
    {
      send: (message) => void heard.messages.push(String(message)),
      close: (code, reason) => {
        heard.closed = [code, reason]
      },
    },
  )
  return { heard, ...opened }
}

async function taken(made: MadeApi, query = '') {
  const { heard, ...opened } = await connected(made, query)
  if ('refused' in opened) throw new Error(`refused: ${opened.refused.status}`)
  return { heard, socket: opened.open }
}

/** A client of the API's own endpoint. */
function management({ cloud, apiId }: MadeApi, credentials = cloud.credentials()) {
  const endpoint = `https://${apiId}.execute-api.us-east-1.amazonaws.com/live`
  return client(cloud, ApiGatewayManagementApiClient, { credentials, endpoint })
}

test('messages go to the route that they name, and only a route with a response answers', async () => {
  const seen: { requestContext: Record<string, unknown>; body?: string }[] = []
  const note = (event: (typeof seen)[number]) => {
    seen.push(event)
    return { statusCode: 200, body: `done: ${event.body}` }
  }
  const made = await socketApi({ _connect: note, say: note, shout: note, _disconnect: note }, [
    'shout',
  ])
  const { socket, heard } = await taken(made, 'room=1')
  await socket.received('{"action":"say","text":"a"}')
  await socket.received('{"action":"shout"}')
  await socket.received('nonsense')
  await socket.ended(1000, 'bye')
  const { connectionId } = socket
  expect(heard.messages).toEqual([
    'done: {"action":"shout"}',
    expect.stringMatching(
      new RegExp(`^{"message":"Forbidden","connectionId":"${connectionId}","requestId":".{16}"}$`),
    ),
  ])
  expect(seen.map(({ requestContext: it }) => [it['routeKey'], it['eventType']])).toEqual([
    ['$connect', 'CONNECT'],
    ['say', 'MESSAGE'],
    ['shout', 'MESSAGE'],
    ['$disconnect', 'DISCONNECT'],
  ])
  expect(seen[1]).toEqual({
    requestContext: {
      routeKey: 'say',
      messageId: expect.stringMatching(/^.{15}=$/),
      eventType: 'MESSAGE',
      extendedRequestId: expect.stringMatching(/^.{15}=$/),
      requestTime: '01/Jan/2026:00:00:04 +0000',
      messageDirection: 'IN',
      stage: 'live',
      connectedAt: 1767225604000,
      requestTimeEpoch: 1767225604000,
      identity: { sourceIp: '127.0.0.1', userAgent: 'tester' },
      requestId: expect.stringMatching(/^.{15}=$/),
      domainName: `${made.apiId}.execute-api.us-east-1.amazonaws.com`,
      connectionId,
      apiId: made.apiId,
    },
    body: '{"action":"say","text":"a"}',
    isBase64Encoded: false,
  })
  expect(seen[3]?.requestContext).toMatchObject({
    disconnectStatusCode: 1000,
    disconnectReason: 'bye',
  })
})

test('a function at $connect refuses a connection by its status, or by failing', async () => {
  const made = await socketApi({
    _connect: ({ queryStringParameters: { as } }: { queryStringParameters: { as: string } }) => {
      if (as === 'broken') throw new Error('broken')
      return { statusCode: as === 'ana' ? 200 : 403 }
    },
  })
  const statusOf = async (as: string) => {
    const opened = await connected(made, `as=${as}`)
    return 'refused' in opened ? opened.refused.status : 101
  }
  expect([await statusOf('ana'), await statusOf('bob'), await statusOf('broken')]).toEqual([
    101, 403, 502,
  ])
})

test('what an authorizer says at $connect is known to every later event', async () => {
  const made = await socketApi(
    {
      judge: ({ queryStringParameters: { key } }: { queryStringParameters: { key: string } }) => ({
        principalId: 'ana',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: key === 'good' ? 'Allow' : 'Deny',
              Action: 'execute-api:Invoke',
              Resource: '*',
            },
          ],
        },
        context: { level: '3' },
      }),
      who: ({ requestContext: { authorizer } }: { requestContext: { authorizer: object } }) => ({
        statusCode: 200,
        body: JSON.stringify(authorizer),
      }),
    },
    ['who'],
  )
  const { AuthorizerId } = await made.gateway.send(
    new CreateAuthorizerCommand({
      ApiId: made.apiId,
      Name: 'judge',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn('judge')}/invocations`,
      IdentitySource: ['route.request.querystring.key'],
    }),
  )
  const guard = { AuthorizationType: 'CUSTOM', AuthorizerId } as const
  await socketRoute(made, '$connect', 'who', false, guard)
  const bad = await connected(made, 'key=bad')
  const none = await connected(made)
  expect([bad, none].map((it) => ('refused' in it ? it.refused.status : 101))).toEqual([403, 401])
  const { socket, heard } = await taken(made, 'key=good')
  await socket.received('{"action":"who"}')
  expect(heard.messages).toEqual(['{"principalId":"ana","level":"3"}'])
})

test('a back end sends to a connection, looks at it and closes it', async () => {
  const made = await socketApi({ say: () => ({ statusCode: 200 }) })
  const { socket, heard } = await taken(made)
  const { connectionId: ConnectionId } = socket
  const api = management(made)
  await api.send(new PostToConnectionCommand({ ConnectionId, Data: 'hello' }))
  const { ConnectedAt, Identity } = await api.send(new GetConnectionCommand({ ConnectionId }))
  expect([ConnectedAt?.getTime(), Identity]).toEqual([
    1767225601000,
    { SourceIp: '127.0.0.1', UserAgent: 'tester' },
  ])
  await api.send(new DeleteConnectionCommand({ ConnectionId }))
  expect([heard.messages, heard.closed]).toEqual([['hello'], [1000, 'Connection Closed Normally']])
  await socket.ended(1000, '')
  const late = api.send(new PostToConnectionCommand({ ConnectionId, Data: 'late' }))
  await expect(late).rejects.toMatchObject({ name: 'GoneException' })
})

test('who may not manage connections is refused', async () => {
  const made = await socketApi({ say: () => ({ statusCode: 200 }) })
  const { socket, heard } = await taken(made)
  const { connectionId: ConnectionId } = socket
  const api = management(made, functionCaller(made.cloud, ['execute-api:Invoke']))
  const post = api.send(new PostToConnectionCommand({ ConnectionId, Data: 'no' }))
  await expect(post).rejects.toMatchObject({ name: 'ForbiddenException' })
  expect(heard.messages).toEqual([])
})

test('ten minutes without a message, or two hours, end a connection', async () => {
  const made = await socketApi({ _default: () => ({ statusCode: 200 }) })
  const idle = await taken(made)
  await made.cloud.advance({ minutes: 9 })
  expect(idle.heard.closed).toBeUndefined()
  await idle.socket.received('still here')
  await made.cloud.advance({ minutes: 9 })
  expect(idle.heard.closed).toBeUndefined()
  await made.cloud.advance({ minutes: 1 })
  expect(idle.heard.closed).toEqual([1001, 'Going away'])
  const busy = await taken(made)
  for (let minutes = 0; minutes < 115; minutes += 5) {
    await made.cloud.advance({ minutes: 5 })
    await busy.socket.received('still here')
  }
  expect(busy.heard.closed).toBeUndefined()
  await made.cloud.advance({ minutes: 5 })
  expect(busy.heard.closed).toEqual([1001, 'Going away'])
})

test('a connection that is over leaves no tasks behind', async () => {
  const made = await socketApi({})
  const { tasks } = made.cloud.kernel
  const before = tasks.size
  const { socket } = await taken(made)
  await made.cloud.advance({ minutes: 6 })
  await socket.received('{}')
  await made.cloud.advance({ minutes: 6 })
  expect(tasks.size).toBe(before + 2)
  await socket.ended(1000, '')
  expect(tasks.size).toBe(before)
})

test('a message over 128 KB ends the connection', async () => {
  const made = await socketApi({ _default: () => ({ statusCode: 200 }) })
  const { socket, heard } = await taken(made)
  await socket.received('x'.repeat(131_073))
  expect(heard.closed).toEqual([1009, 'Message too long'])
})

test('a bug of ours while a message is worked on is told, and the next message is heard', async () => {
  const made = await socketApi({ _default: () => ({ statusCode: 200, body: 'heard' }) }, [
    '_default',
  ])
  const { heard, socket } = await taken(made)
  const told: unknown[] = []
  const { services } = made.cloud
  const load = services.load.bind(services)
  const bug = made.cloud.bug.bind(made.cloud)
  made.cloud.bug = (error, wording) => {
    told.push(error)
    return bug(error, wording)
  }
  services.load = () => Promise.reject(new Error('broken'))
  await socket.received('one')
  services.load = load
  await socket.received('two')
  await made.cloud.settle()
  expect([told, heard.messages]).toEqual([[new Error('broken')], ['heard']])
})
