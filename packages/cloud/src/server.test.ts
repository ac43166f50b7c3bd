import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { createCloud, listen } from './index.ts'
import { http2, raw, served, textOf, token } from './server.test-support.ts'
import { requestOf } from './wire.test-support.ts'

const hello = { operation: 'CreateGreeting', body: { Name: 'a' } }
const arn = 'arn:aws:hello:us-east-1:123456789012:greeting/a'

describe('the port answers', () => {
  test('an SDK that knows endpoint and credentials only', async () => {
    const { cloud, server } = await served({ clock: { kind: 'real' } })
    const config = { endpoint: server.url, region: 'us-east-1', credentials: cloud.credentials() }
    const sqs = new SQSClient(config)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }))
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
    expect(Messages?.map(({ Body }) => Body)).toEqual(['hi'])

    const s3 = new S3Client({ ...config, forcePathStyle: true })
    await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
    const body = Buffer.alloc(300_000, 'x')
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a/b c', Body: body }))
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'photos', Key: 'a/b c' }))
    expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(body)
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'photos', Key: 'a/b c' }))
    expect(head.ContentLength).toBe(300_000)
    sqs.destroy()
    s3.destroy()
  })

  test('HTTP/1.1 on one connection, one request after the other', async () => {
    const { cloud, server } = await served()
    const requests = [hello, { operation: 'GetGreeting', body: { Name: 'a' } }, hello]
    const texts = requests.map((sending, index) =>
      textOf(requestOf(cloud, sending), index === 2 ? 'close' : 'keep-alive'),
    )
    const answered = await raw(server.port, texts)
    expect(answered.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 200',
      'HTTP/1.1 400',
    ])
    expect(answered).toContain(`{"GreetingArn":"${arn}"}`)
  })

  test('HTTP/2 without TLS, many requests at once', async () => {
    const { cloud, server } = await served()
    const names = ['a', 'b', 'c', 'd']
    const answers = await http2(
      server.port,
      names.map((Name) => requestOf(cloud, { ...hello, body: { Name } })),
    )
    expect(answers.map(({ headers }) => headers[':status'])).toEqual([200, 200, 200, 200])
    expect(JSON.parse(answers[0]?.text ?? '')).toEqual({ GreetingArn: arn })
    const [late] = await http2(server.port, [requestOf(cloud, hello)])
    expect([late?.headers[':status'], late?.headers['x-amzn-errortype']]).toEqual([400, undefined])
  })

  test('HTTP/2 also when its preface comes byte by byte', async () => {
    const { server } = await served()
    const bytes = [...'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])
    const answered = await raw(server.port, [...bytes, settings], 100)
    // The server's own SETTINGS frame: type 4 in the fourth byte.
    expect(answered.charCodeAt(3)).toBe(4)
  })

  test('a bucket by its host name', async () => {
    const { cloud, server } = await served()
    const at = (host: string, path: string, method = 'PUT', body: string | Buffer = '') =>
      requestOf(cloud, { service: 's3', method, path, headers: { host }, body: Buffer.from(body) })
    const { port } = server
    const put = [
      at(`photos.s3.us-east-1.amazonaws.com`, '/'),
      at(`photos.localhost:${port}`, '/a', 'PUT', 'hello'),
    ]
    const got = [
      'photos.s3.amazonaws.com',
      `photos.s3.localhost:${port}`,
      'photos.s3.us-east-1.amazonaws.com',
    ]
    const answered = await raw(server.port, [
      ...put.map((request) => textOf(request, 'keep-alive')),
      ...got.map((host) => textOf(at(host, '/a', 'GET'), 'keep-alive')),
      textOf(at(`127.0.0.1:${port}`, '/photos/a', 'GET')),
    ])
    expect(answered.match(/HTTP\/1\.1 \d+/g)).toEqual(Array(6).fill('HTTP/1.1 200'))
    expect(answered.match(/\r\n\r\nhello/g)?.length).toBe(4)
  })

  test('HEAD without a body', async () => {
    const { cloud, server } = await served()
    const answered = await raw(server.port, [
      textOf(
        requestOf(cloud, { service: 's3', method: 'HEAD', path: '/no-such-bucket', body: '' }),
      ),
    ])
    expect(answered).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
    expect(answered.endsWith('\r\n\r\n')).toBe(true)
  })

  test('in model time', async () => {
    const { cloud, server } = await served()
    await cloud.advance({ days: 31 })
    const answered = await raw(server.port, [textOf(requestOf(cloud, hello))])
    expect(answered).toContain('\r\ndate: Sun, 01 Feb 2026 00:00:00 GMT\r\n')
  })

  test('the absolute form that proxies send', async () => {
    const { cloud, server } = await served()
    const request = requestOf(cloud, { ...hello, credentials: 'none' })
    const text = textOf({ ...request, path: 'http://hello.eu-west-1.amazonaws.com/' })
    const answered = await raw(server.port, [text])
    expect(answered).toContain('MissingAuthenticationTokenException')
    expect(cloud.kernel.journal.entries.at(-1)).toMatchObject({
      name: 'hello.CreateGreeting',
      region: 'eu-west-1',
    })
  })

  test('who asks for leave to send the body', async () => {
    const { cloud, server } = await served()
    const request = requestOf(cloud, hello)
    const text = textOf({ ...request, headers: { ...request.headers, expect: '100-continue' } })
    const split = text.indexOf('\r\n\r\n') + 4
    const answered = await raw(server.port, [text.subarray(0, split), text.subarray(split)])
    expect(answered).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  })
})

test('a client cannot say what only the in-process door may: its address, its transport', async () => {
  const { cloud, server } = await served()
  const headers = { 'X-Orrery-Source-Ip': '203.0.113.9', 'X-Orrery-Plain-Http': 'true' }
  const request = requestOf(cloud, { ...hello, headers: { host: 'localhost' } })
  await raw(server.port, [textOf({ ...request, headers: { ...request.headers, ...headers } })])
  expect(cloud.kernel.journal.entries.at(-1)?.data['caller']).toMatchObject({
    sourceIp: '127.0.0.1',
    secureTransport: true,
  })
})

test('a long poll whose sender goes away ends, and its message stays in the queue', async () => {
  const { cloud, server } = await served()
  const call = (operation: string, body: object) =>
    requestOf(cloud, {
      service: 'sqs',
      body,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${operation}`,
      },
    })
  const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/queue'
  await raw(server.port, [textOf(call('CreateQueue', { QueueName: 'queue' }))])
  const poll = textOf(call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 }))
  // `raw` goes away after a while of quiet.
  expect(await raw(server.port, [poll], 50)).toBe('')
  await cloud.kernel.scheduler.rest()
  while (cloud.kernel.scheduler.waiting.length > 0) await new Promise(setImmediate)
  const send = textOf(call('SendMessage', { QueueUrl, MessageBody: 'hi' }))
  expect(await raw(server.port, [send])).toContain('MessageId')
  expect(await raw(server.port, [poll])).toContain('"Body":"hi"')
})

describe('a port in use', () => {
  test('is a clear error that says what to do', async () => {
    const { server } = await served()
    await expect(listen(createCloud(), { port: server.port, token })).rejects.toMatchObject({
      name: 'SimulatorError',
      code: 'PortInUse',
      message: `Port ${server.port} on 127.0.0.1 is in use.`,
      next: 'Stop what listens there, or choose another one with --port.',
    })
  })

  test('is free again when its server has closed, whoever was connected', async () => {
    const { cloud, server } = await served()
    const waiting = raw(server.port, ['POST / HTTP/1.1\r\n'], 5_000)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await server.close()
    expect(await waiting).toBe('')
    const again = await listen(cloud, { port: server.port, token })
    expect(again.port).toBe(server.port)
    await again.close()
  })
})
