import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { type Answer, type Files, functionOf, outcomeOf, returned } from './code.test-support.ts'

/** Other people's libraries, unmodified: as `NodejsFunction` bundles them, and as they lie in `node_modules`. */

const root = fileURLToPath(new URL('../../../../', import.meta.url))

const variables = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_LAMBDA_FUNCTION_NAME: 'f',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  POWERTOOLS_SERVICE_NAME: 'service',
  POWERTOOLS_METRICS_NAMESPACE: 'namespace',
}

async function bundled(contents: string, format: 'cjs' | 'esm' = 'cjs', external: string[] = []) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node22',
    format,
    external,
  })
  return outputFiles[0]?.text ?? ''
}

/** A package with what it needs itself, as `npm install` lays it out; its sources' maps and types are left out. */
function installed(...names: string[]): Files {
  const files: Record<string, Buffer> = {}
  const seen = new Set<string>()
  const add = (name: string) => {
    const folder = join(root, 'node_modules', name)
    if (seen.has(name) || !statSync(folder, { throwIfNoEntry: false })) return
    seen.add(name)
    for (const file of readdirSync(folder, { recursive: true }).map(String)) {
      const path = join(folder, file)
      if (/\.(map|d\.[mc]?ts|md)$/.test(file) || !statSync(path).isFile()) continue
      files[`node_modules/${name}/${file}`] = readFileSync(path)
    }
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    for (const other of Object.keys(dependencies)) add(other)
  }
  for (const name of names) add(name)
  return files
}

const at = '2026-01-01T00:00:00.000Z'

describe('Middy', () => {
  const code = `
    import middy from '@middy/core'
    export const handler = middy()
      .before(async (request) => { request.event.before = true })
      .after(async (request) => { request.response.after = true })
      .handler(async (event) => ({ event }))`
  const expected = returned({ event: { a: 1, before: true }, after: true })

  test('runs bundled', async () => {
    expect((await outcomeOf(await bundled(code), { event: { a: 1 } })).end).toEqual(expected)
  })

  test('runs from node_modules', async () => {
    const files = { 'index.mjs': code, ...installed('@middy/core') }
    expect((await outcomeOf(files, { event: { a: 1 } })).end).toEqual(expected)
  })
})

describe('Powertools', () => {
  const code = `
    import { Logger } from '@aws-lambda-powertools/logger'
    import { Metrics } from '@aws-lambda-powertools/metrics'
    import { Tracer } from '@aws-lambda-powertools/tracer'
    const [logger, metrics, tracer] = [new Logger(), new Metrics(), new Tracer()]
    export const handler = async (event, context) => {
      logger.addContext(context)
      logger.info('hi', { a: 1 })
      metrics.addMetric('count', 'Count', 1)
      metrics.publishStoredMetrics()
      const segment = tracer.getSegment()
      const work = segment.addNewSubsegment('work')
      await new Promise((resolve) => setTimeout(resolve, 250))
      work.close()
      return [tracer.getRootXrayTraceId(), work.end_time - work.start_time]
    }`
  const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'

  async function check(files: Files | string) {
    await using f = await functionOf(files, { variables, memoryMb: 512 })
    const { end, logs } = await f.invoke({}, { traceId: trace })
    expect(end).toEqual(returned(['1-5759e988-bd862e3fe1be46a994272793', 0.25]))
    expect(logs.map(({ text }) => JSON.parse(text))).toEqual([
      {
        level: 'INFO',
        message: 'hi',
        timestamp: at,
        service: 'service',
        cold_start: true,
        function_arn: 'arn:aws:lambda:us-east-1:111111111111:function:f',
        function_memory_size: '128',
        function_name: 'f',
        function_request_id: 'request-1',
        sampling_rate: 0,
        xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793',
        a: 1,
      },
      {
        _aws: {
          Timestamp: Date.UTC(2026, 0, 1),
          CloudWatchMetrics: [
            {
              Namespace: 'namespace',
              Dimensions: [['service']],
              Metrics: [{ Name: 'count', Unit: 'Count' }],
            },
          ],
        },
        service: 'service',
        count: 1,
      },
    ])
  }

  test('logger, metrics and tracer run bundled', async () => {
    await check(await bundled(code))
  })

  test('logger, metrics and tracer run from node_modules', async () => {
    const names = ['logger', 'metrics', 'tracer'].map((name) => `@aws-lambda-powertools/${name}`)
    await check({ 'index.mjs': code, ...installed(...names) })
  })
})

test('the X-Ray SDK times its segments in model time; the daemon is not there', async () => {
  const code = `
    import xray from 'aws-xray-sdk'
    import http from 'node:http'
    xray.captureHTTPsGlobal(http)
    export const handler = async () => {
      const work = xray.getSegment().addNewSubsegment('work')
      await new Promise((resolve) => setTimeout(resolve, 500))
      const text = await new Promise((resolve, reject) => http.get('http://a.example/', (response) => response.on('data', (data) => resolve(String(data)))).on('error', reject))
      work.close()
      return [work.end_time - work.start_time, work.segment.trace_id, text.slice(0, 40)]
    }`
  const answer: Answer = ({ headers }) => ({
    status: 200,
    headers: {},
    body: Buffer.from(String(headers['x-amzn-trace-id'])),
  })
  await using f = await functionOf(await bundled(code), { variables, answer, memoryMb: 512 })
  const root = 'Root=1-5759e988-bd862e3fe1be46a994272793'
  const { end } = await f.invoke({}, { traceId: `${root};Parent=53995c3f42cd8ad8;Sampled=1` })
  expect(end).toEqual(returned([0.5, '1-5759e988-bd862e3fe1be46a994272793', root]))
})

describe('the AWS SDK', () => {
  const code = `
    import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs'
    import { S3Client, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
    import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
    const [sqs, s3, sts] = [new SQSClient(), new S3Client(), new STSClient()]
    const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/111111111111/q'
    export const handler = async () => {
      const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }))
      await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x'.repeat(1000) }))
      const { Account } = await sts.send(new GetCallerIdentityCommand())
      return [MessageId, await Body.transformToString(), Account]
    }`
  const expected = returned(['m', 'content', '111111111111'])

  const MD5OfMessageBody = createHash('md5').update('hi').digest('hex')
  const sent = JSON.stringify({ MessageId: 'm', MD5OfMessageBody })

  /** AWS as far as this function goes; notes what it was asked. */
  function aws(asked: string[]): Answer {
    return ({ method, headers, path }) => {
      const host = headers['host'] ?? ''
      asked.push(
        [method, host, path, headers['x-amz-date'], headers['amz-sdk-invocation-id']].join(' '),
      )
      const answer = (body: string) => ({ status: 200, headers: {}, body: Buffer.from(body) })
      if (host.startsWith('sqs')) return answer(sent)
      if (host.includes('s3')) return answer('content')
      const result =
        '<GetCallerIdentityResult><Account>111111111111</Account></GetCallerIdentityResult>'
      return answer(
        `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${result}</GetCallerIdentityResponse>`,
      )
    }
  }

  test.each([
    ['bundled', async () => ({ 'index.js': await bundled(code) })],
    [
      'from AWS’s runtime',
      async () => ({ 'index.js': await bundled(code, 'cjs', ['@aws-sdk/*']) }),
    ],
    [
      'from AWS’s runtime, by import',
      async () => ({ 'index.mjs': await bundled(code, 'esm', ['@aws-sdk/*']) }),
    ],
  ])('speaks three protocols %s', async (_, files) => {
    const asked: string[] = []
    const { end } = await outcomeOf(await files(), { variables, memoryMb: 512, answer: aws(asked) })
    expect(end).toEqual(expected)
    expect(asked.map((line) => line.replace(/ [\da-f-]{36}$/, ''))).toEqual([
      'POST sqs.us-east-1.amazonaws.com / 20260101T000000Z',
      'GET bucket.s3.us-east-1.amazonaws.com /k 20260101T000000Z',
      'PUT bucket.s3.us-east-1.amazonaws.com /k 20260101T000000Z',
      'POST sts.us-east-1.amazonaws.com / 20260101T000000Z',
    ])
  })

  test('asks the same for the same seed, with the same ids', async () => {
    const files = { 'index.js': await bundled(code, 'cjs', ['@aws-sdk/*']) }
    const [one, same, other]: [string[], string[], string[]] = [[], [], []]
    await outcomeOf(files, { variables, memoryMb: 512, answer: aws(one), seed: 1 })
    await outcomeOf(files, { variables, memoryMb: 512, answer: aws(same), seed: 1 })
    await outcomeOf(files, { variables, memoryMb: 512, answer: aws(other), seed: 2 })
    expect(one).toEqual(same)
    expect(one).not.toEqual(other)
  })

  test('that is not installed can be required; who uses it is told what to install', async () => {
    const { end, logs } = await outcomeOf(`
      const { NopeClient } = require('@aws-sdk/client-nope')
      exports.handler = async () => new NopeClient({})`)
    expect(end.kind === 'failed' && end.error.errorMessage).toBe(
      "This function uses @aws-sdk/client-nope, which AWS's runtime has and this machine has not: npm install --save-dev @aws-sdk/client-nope",
    )
    expect(logs[0]?.text).toBe(
      `[orrery] @aws-sdk/client-nope is part of AWS's runtime but not installed here: run "npm install @aws-sdk/client-nope" in your project.`,
    )
  })
})
