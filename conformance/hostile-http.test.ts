/**
 * What people send who mean harm, at the port, byte by byte: to a REST API, an HTTP API and a load balancer, each before
 * the same back end, which says what came through.
 */
import { connect } from 'node:net'
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  ImportRestApiCommand,
} from '@aws-sdk/client-api-gateway'
import {
  ApiGatewayV2Client,
  CreateStageCommand,
  ImportApiCommand,
} from '@aws-sdk/client-apigatewayv2'
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { type Cloud, client, createCloud, type Listening, listen } from '@cloud-orrery/cloud'
import { afterAll, beforeAll, describe, expect, type MockInstance, test, vi } from 'vitest'

let cloud: Cloud
let server: Listening
let bug: MockInstance<Cloud['bug']>
const hosts = { rest: '', http: '', balancer: '' }
type Front = keyof typeof hosts
const fronts = ['rest', 'http', 'balancer'] as const
const stages = { rest: '/dev', http: '', balancer: '' } as const

/** What the back end saw. */
interface Seen {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}
const seen: Seen[] = []

function backEnd({ method, url, headers }: { method: string; url: string; headers: object }) {
  const { pathname, search } = new URL(url)
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])
  if (pathname !== '/health') {
    seen.push({
      method,
      target: url.replace(/^https?:\/\/[^/]+/, ''),
      headers: Object.fromEntries(lower),
    })
  }
  return { status: 200, headers: {}, body: `${pathname}${search}` }
}

const proxy = {
  httpMethod: 'ANY',
  uri: 'https://backend.test/{proxy}',
  payloadFormatVersion: '1.0',
}

async function restApi(): Promise<string> {
  const gateway = client(cloud, APIGatewayClient)
  const parameters = [{ name: 'proxy', in: 'path', required: true, schema: { type: 'string' } }]
  const document = {
    openapi: '3.0.1',
    info: { title: 'hostile', version: '1' },
    paths: {
      '/{proxy+}': {
        'x-amazon-apigateway-any-method': {
          parameters,
          'x-amazon-apigateway-integration': {
            ...proxy,
            type: 'http_proxy',
            requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
          },
        },
      },
      '/mapped': {
        get: {
          parameters: [{ name: 'q', in: 'query', schema: { type: 'string' } }],
          responses: {
            200: { description: 'OK', headers: { 'x-q': { schema: { type: 'string' } } } },
          },
          'x-amazon-apigateway-integration': {
            type: 'mock',
            requestTemplates: { 'application/json': '{"statusCode": 200}' },
            responses: {
              default: {
                statusCode: '200',
                responseTemplates: {
                  'application/json': `#set($context.responseOverride.header.x-q = $input.params('q'))done`,
                },
              },
            },
          },
        },
      },
    },
  }
  const { id: restApiId = '' } = await gateway.send(
    new ImportRestApiCommand({ body: Buffer.from(JSON.stringify(document)) }),
  )
  await gateway.send(new CreateDeploymentCommand({ restApiId, stageName: 'dev' }))
  return `${restApiId}.execute-api.us-east-1.amazonaws.com`
}

async function httpApi(): Promise<string> {
  const gateway = client(cloud, ApiGatewayV2Client)
  const integration = { ...proxy, type: 'http_proxy' }
  const document = {
    openapi: '3.0.1',
    info: { title: 'hostile', version: '1' },
    paths: {
      '/{proxy+}': {
        'x-amazon-apigateway-any-method': { 'x-amazon-apigateway-integration': integration },
      },
      '/mapped': {
        get: {
          'x-amazon-apigateway-integration': {
            ...integration,
            uri: 'https://backend.test/mapped',
            requestParameters: { 'overwrite:header.x-q': '$request.querystring.q' },
            responseParameters: { 200: { 'overwrite:header.x-q': '$request.querystring.q' } },
          },
        },
      },
    },
  }
  const { ApiId, ApiEndpoint = '' } = await gateway.send(
    new ImportApiCommand({ Body: JSON.stringify(document) }),
  )
  await gateway.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }))
  return new URL(ApiEndpoint).host
}

async function balancer(): Promise<string> {
  const elb = client(cloud, ElasticLoadBalancingV2Client)
  const { Subnets = [] } = await client(cloud, EC2Client).send(new DescribeSubnetsCommand({}))
  const [one, two] = Subnets
  const { LoadBalancers = [] } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: 'hostile',
      Subnets: [one?.SubnetId ?? '', two?.SubnetId ?? ''],
    }),
  )
  const { TargetGroups = [] } = await elb.send(
    new CreateTargetGroupCommand({
      Name: 'hostile',
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: one?.VpcId,
      HealthCheckPath: '/health',
    }),
  )
  const [{ TargetGroupArn = '' } = {}] = TargetGroups
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: '10.0.0.1' }] }))
  const [{ LoadBalancerArn = '', DNSName = '' } = {}] = LoadBalancers
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    }),
  )
  return DNSName
}

beforeAll(async () => {
  cloud = createCloud()
  bug = vi.spyOn(cloud, 'bug')
  cloud.internet.set('backend.test', backEnd)
  cloud.internet.set('10.0.0.1', backEnd)
  hosts.rest = await restApi()
  hosts.http = await httpApi()
  hosts.balancer = await balancer()
  await cloud.advance({ minutes: 1 })
  server = await listen(cloud, { port: 0, token: 't' })
}, 30_000)

afterAll(() => server.close())

/** All that the port says to these bytes before it hangs up, or has said nothing for a while. */
function said(bytes: string, quietMs = 1_500): Promise<string> {
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connect(server.port, '127.0.0.1')
    const done = () => {
      socket.destroy()
      resolve(Buffer.concat(received).toString('latin1'))
    }
    socket.setTimeout(quietMs, done)
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('close', done)
    socket.on('error', done)
    socket.write(Buffer.from(bytes, 'latin1'))
  })
}

/** Statuses of the answers, and what reached the back end meanwhile. */
async function outcome(bytes: string, quietMs?: number) {
  seen.length = 0
  const answered = await said(bytes, quietMs)
  const statuses = answered.match(/HTTP\/1\.1 \d+/g)?.map((line) => Number(line.slice(9))) ?? []
  return { answered, statuses, targets: seen.map(({ target }) => target) }
}

function get(front: Front, path: string, headers = ''): string {
  return `GET ${stages[front]}${path} HTTP/1.1\r\nhost: ${hosts[front]}\r\nconnection: close\r\n${headers}\r\n`
}
const post = (front: Front, headers: string, body: string) =>
  `POST ${stages[front]}/first HTTP/1.1\r\nhost: ${hosts[front]}\r\n${headers}\r\n${body}`

/** Two requests in the bytes of one: the second one is not to be answered, nor to reach the back end. */
const smuggled = 'GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n'

describe.each(fronts)('%s', (front) => {
  test.each<[string, string]>([
    [
      'a length and chunks',
      post(front, `content-length: 6\r\ntransfer-encoding: chunked\r\n`, `0\r\n\r\n${smuggled}`),
    ],
    [
      'chunks and a length',
      post(front, `transfer-encoding: chunked\r\ncontent-length: 6\r\n`, `0\r\n\r\n${smuggled}`),
    ],
    ['two lengths', post(front, 'content-length: 0\r\ncontent-length: 38\r\n', smuggled)],
    ['a list of lengths', post(front, 'content-length: 0, 38\r\n', smuggled)],
    ['a length with a sign', post(front, 'content-length: +0\r\n', smuggled)],
    ['a length of another base', post(front, 'content-length: 0x26\r\n', smuggled)],
    ['chunks that are not the last', post(front, 'transfer-encoding: chunked, x\r\n', smuggled)],
    ['chunks by another name', post(front, 'transfer-encoding: xchunked\r\n', smuggled)],
    ['a space before the colon', post(front, 'content-length : 38\r\n', smuggled)],
    ['a folded header', post(front, 'x-a: 1\r\n content-length: 38\r\n', smuggled)],
    ['a header of another sort of line', post(front, 'x-a: 1\ncontent-length: 38\r\n', smuggled)],
    ['lines of another sort', get(front, '/a').replaceAll('\r\n', '\n')],
    ['a zero in a name', get(front, '/a', 'x-\0: 1\r\n')],
    ['a carriage return in a value', get(front, '/a', 'x-a: 1\rx-b: 2\r\n')],
  ])('refuses %s, and no back end hears of it', async (_, bytes) => {
    const { statuses, targets } = await outcome(bytes)
    expect([statuses[0], statuses.length, targets]).toEqual([400, 1, []])
  })

  test('takes chunks with extensions and trailers, which go no further', async () => {
    const body = '5;x=y\r\nhello\r\n0\r\nx-trailer: 1\r\n\r\n'
    const headers = 'transfer-encoding: chunked\r\nconnection: close\r\n'
    const { statuses } = await outcome(post(front, headers, body))
    expect([statuses, seen.map((it) => it.headers['x-trailer'])]).toEqual([[200], [undefined]])
  })

  test('answers one request after the other, each by its own length', async () => {
    const first = post(front, 'content-length: 5\r\n', 'hello')
    const { statuses, targets } = await outcome(first + get(front, '/second'))
    expect([statuses, targets]).toEqual([
      [200, 200],
      ['/first', '/second'],
    ])
  })

  test('is not reached by another host in the target than the port knows, nor by two', async () => {
    const elsewhere = `GET http://example.org/a HTTP/1.1\r\nhost: ${hosts[front]}\r\nconnection: close\r\n\r\n`
    const two = get(front, '/a', 'host: evil.test\r\n')
    const own = `GET http://${hosts[front]}${stages[front]}/own HTTP/1.1\r\nhost: evil.test\r\nconnection: close\r\n\r\n`
    const outcomes = []
    for (const bytes of [elsewhere, two, own]) outcomes.push(await outcome(bytes))
    expect(outcomes.map(({ statuses, targets }) => [statuses, targets])).toEqual([
      [[403], []],
      [[403], []],
      [[200], ['/own']],
    ])
  })
})

test.each<[Front, string, string[]]>([
  // Empty segments are none to a REST API, and some to the others.
  ['rest', '//a//b', ['/a/b']],
  ['http', '//a//b', ['//a//b']],
  ['balancer', '//a//b', ['//a//b']],
  // An encoded slash is one to whoever fills in a greedy parameter.
  ['rest', '/a%2Fb', ['/a/b']],
  ['http', '/a%2Fb', ['/a/b']],
  ['balancer', '/a%2Fb', ['/a%2Fb']],
  // What dots mean is for the back end to say.
  ['rest', '/a/../b', ['/a/../b']],
  ['http', '/a/../b', ['/a/../b']],
  ['balancer', '/a/../b', ['/a/../b']],
  ['rest', '/a/%2e%2e/b', ['/a/../b']],
  ['http', '/a/%2e%2e%2fb', ['/a/../b']],
  ['balancer', '/a/%2e%2e/b', ['/a/%2e%2e/b']],
  ['rest', '/a%00b%zz', ['/a%2500b%25zz']],
  ['http', '/a%00b%zz', ['/a%2500b%25zz']],
  ['balancer', '/a%00b%zz', ['/a%00b%zz']],
])('%s hands the path %s on as %j', async (front, path, wanted) => {
  expect((await outcome(get(front, path))).targets).toEqual(wanted)
})

const headersOf = (bytes: number) => `x-a: ${'x'.repeat(bytes)}\r\n`
const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => `x-${i}: ${'x'.repeat(12_000)}\r\n`).join('')

test.each<[Front, string, string, number, string]>([
  ['rest', '/a', headersOf(9_900), 200, '/a'],
  ['rest', '/a', headersOf(10_240), 431, '{"message":"HTTP header is larger than 10240 bytes."}'],
  ['http', '/a', headersOf(9_900), 200, '/a'],
  ['http', '/a', headersOf(10_240), 431, '{"message":"Request Header Fields Too Large"}'],
  ['http', `/${'a'.repeat(10_240)}`, '', 431, '{"message":"Request Header Fields Too Large"}'],
  ['balancer', '/a', headersOf(16_000), 200, '/a'],
  ['balancer', '/a', headersOf(16_384), 400, 'Bad Request'],
  ['balancer', '/a', lines(5), 200, '/a'],
  ['balancer', `/${'a'.repeat(16_384)}`, '', 414, 'URI Too Long'],
  ['balancer', '/a', lines(6), 431, ''],
])('%s, path %.9s, headers %.20s: %i', async (front, path, headers, status, words) => {
  const { statuses, answered } = await outcome(get(front, path, headers))
  expect([statuses, answered]).toEqual([[status], expect.stringContaining(words)])
})

test.each<[Front, string]>([
  ['rest', 'a%0d%0aset-cookie:%20x=1'],
  ['rest', 'a%0d%0a%0d%0aHTTP/1.1%20200%20OK'],
  ['rest', 'a%00b'],
  ['http', 'a%0d%0aset-cookie:%20x=1'],
  ['http', 'a%0aget%20/smuggled'],
  ['http', 'a%00b'],
])('%s maps ?q=%s into no header at all', async (front, q) => {
  const { statuses, targets, answered } = await outcome(get(front, `/mapped?q=${q}`))
  expect([statuses, targets]).toEqual([[500], []])
  expect(answered.toLowerCase()).not.toMatch(/^set-cookie/m)
  expect(answered).toMatch(/\{"message":"Internal [sS]erver [eE]rror"\}$/)
})

test.each(['rest', 'http'] as const)(
  '%s maps any script into a header, as UTF-8',
  async (front) => {
    const { statuses, answered } = await outcome(get(front, '/mapped?q=%E2%98%83%C3%A9'))
    const [, value = ''] = /^x-q: (.*)$/m.exec(answered.replaceAll('\r', '')) ?? []
    expect([statuses, Buffer.from(value, 'latin1').toString()]).toEqual([[200], '☃é'])
  },
)

const forged =
  'x-forwarded-for: 6.6.6.6\r\nx-forwarded-proto: gopher\r\nx-forwarded-port: 1\r\nx-amzn-oidc-identity: root\r\nx-amzn-oidc-data: a.b.c\r\nx-orrery-source-ip: 7.7.7.7\r\n'

test.each<[Front, Record<string, string | undefined>]>([
  [
    'rest',
    {
      'x-forwarded-for': '6.6.6.6, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '443',
      'x-orrery-source-ip': undefined,
    },
  ],
  [
    'http',
    {
      'x-forwarded-for': undefined,
      'x-forwarded-proto': undefined,
      forwarded: expect.stringMatching(
        /^for=6\.6\.6\.6;proto=gopher, by=[\d.]+;for=127\.0\.0\.1;host=.*;proto=https$/,
      ),
      'x-orrery-source-ip': undefined,
    },
  ],
  [
    'balancer',
    {
      'x-forwarded-for': '6.6.6.6, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '80',
      'x-amzn-oidc-identity': undefined,
      'x-amzn-oidc-data': undefined,
      'x-orrery-source-ip': undefined,
    },
  ],
])('%s tells the back end who asked, whatever the client says', async (front, wanted) => {
  await outcome(get(front, '/a', forged))
  const [first] = seen
  const told = Object.fromEntries(Object.keys(wanted).map((name) => [name, first?.headers[name]]))
  expect(told).toEqual(wanted)
})

test('nothing of all that was a bug of ours', () => {
  expect(bug.mock.calls).toEqual([])
})
