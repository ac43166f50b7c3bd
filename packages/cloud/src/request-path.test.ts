import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { operationDescriptor } from '@cloud-orrery/models'
import { describe, expect, test } from 'vitest'
import { answer } from './door.ts'
import { call, callByName, client, createCloud } from './index.ts'
import { callSteps, wireSteps } from './request-path.ts'
import { newUser, refusalIn, requestOf, send } from './wire.test-support.ts'

test('the steps are named, and stand in the order of AWS', () => {
  expect([...wireSteps, ...callSteps].map(({ name }) => name)).toEqual([
    'route',
    'authenticate',
    'decode',
    'refuseUnmodelled',
    'locate',
    'injectFault',
    'validate',
    'authorize',
    'throttle',
    'run',
    'loseAnswer',
  ])
})

describe('what comes first when several things are wrong', () => {
  const malformed = { operation: 'CreateGreeting', body: '{"Name":' }

  test('a bad signature before a malformed body', async () => {
    const cloud = createCloud()
    const wrong = { ...cloud.credentials(), secretAccessKey: 'wrong' }
    expect(refusalIn(await send(cloud, { ...malformed, credentials: wrong }))[1]).toBe(
      'InvalidSignatureException',
    )
    expect(refusalIn(await send(cloud, malformed))[1]).toBe('SerializationException')
  })

  test('an operation that is not the service’s before the signature', async () => {
    const cloud = createCloud()
    const answered = await send(cloud, { operation: 'Nothing', credentials: 'none' })
    expect(refusalIn(answered)).toEqual([400, 'UnknownOperationException', ''])
  })

  test('an invalid value before a missing permission, a missing permission before a missing thing', async () => {
    const cloud = createCloud()
    const credentials = await newUser(cloud, 'mary')
    const asked = { operation: 'GetGreeting', credentials }
    expect(refusalIn(await send(cloud, { ...asked, body: { Name: 'no spaces' } }))[1]).toBe(
      'ValidationException',
    )
    expect(refusalIn(await send(cloud, { ...asked, body: { Name: 'nobody' } }))).toEqual([
      400,
      'AccessDeniedException',
      'User: arn:aws:iam::123456789012:user/mary is not authorized to perform: hello:GetGreeting on resource: arn:aws:hello:us-east-1:123456789012:greeting/nobody because no identity-based policy allows the hello:GetGreeting action',
    ])
    expect(refusalIn(await send(cloud, { operation: 'GetGreeting', body: { Name: 'x' } }))[1]).toBe(
      'GreetingNotFound',
    )
  })

  test('all broken constraints of an input are told at once, in AWS’s words', async () => {
    const answered = await send(createCloud(), {
      operation: 'CreateGreeting',
      body: { ExpiresInSeconds: 0 },
    })
    expect(refusalIn(answered)).toEqual([
      400,
      'ValidationException',
      "2 validation errors detected: Value null at 'name' failed to satisfy constraint: Member must not be null; Value '0' at 'expiresInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ])
  })
})

test('a service whose endpoint has another name is called by its own in the process', async () => {
  const cloud = createCloud()
  expect(await callByName(cloud, 'cloudwatch', 'ListDashboards', {})).toEqual({
    DashboardEntries: [],
  })
  expect(await callByName(cloud, 'dynamodbstreams', 'ListStreams', {})).toEqual({ Streams: [] })
})

describe('what is not modelled is refused by name', () => {
  test('a service', async () => {
    const cloud = createCloud()
    const answered = await send(cloud, { service: 'braket', body: {} })
    expect(refusalIn(answered)).toEqual([
      501,
      'NotImplemented',
      "Orrery does not model the service 'braket'. The coverage page lists what it does.",
    ])
    expect(answered.headers['x-amzn-errortype']).toBe('NotImplemented')
    await expect(callByName(cloud, 'braket', 'CreateJob', {})).rejects.toMatchObject({
      code: 'NotImplemented',
      status: 501,
    })
  })

  test('an operation that the model has and the service does not', async () => {
    const cloud = createCloud()
    const modelled = operationDescriptor<object, object>('sts', 'GetDelegatedAccessToken')
    await expect(call(cloud, modelled, {})).rejects.toMatchObject({
      code: 'NotImplemented',
      status: 501,
      message:
        'Orrery does not model sts:GetDelegatedAccessToken. The coverage page of sts lists what it does.',
    })
    await expect(callByName(cloud, 'sts', 'constructor', {})).rejects.toMatchObject({ status: 501 })
    expect(cloud.kernel.journal.entries.at(-1)?.data['provenance']).toBe('refused')
  })

  test('a parameter, also in an otherwise wrong call', async () => {
    const answered = await send(createCloud(), {
      operation: 'CreateGreeting',
      body: { Name: '', Language: 'de' },
    })
    expect(refusalIn(answered)).toEqual([
      501,
      'NotImplemented',
      'Orrery does not model the parameter Language of hello:CreateGreeting. Leave it out, or see the coverage page of hello.',
    ])
  })
})

describe('where a call goes', () => {
  test('the credential scope says it, whatever the host', async () => {
    const cloud = createCloud()
    const create = { operation: 'CreateGreeting', body: { Name: 'a' } }
    const headers = { host: '127.0.0.1:4566' }
    const { json } = await send(cloud, { ...create, region: 'eu-west-1', headers })
    expect(json['GreetingArn']).toBe('arn:aws:hello:eu-west-1:123456789012:greeting/a')
  })

  test('without a signature the target says it, or the version, or else it is S3’s', async () => {
    const cloud = createCloud()
    const unsigned = { credentials: 'none', headers: { host: 'localhost:4566' } } as const
    expect(refusalIn(await send(cloud, { ...unsigned, operation: 'GetGreeting' }))).toEqual([
      400,
      'MissingAuthenticationTokenException',
      'Missing Authentication Token',
    ])
    const form = {
      headers: { ...unsigned.headers, 'content-type': 'application/x-www-form-urlencoded' },
      credentials: 'none',
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    } as const
    expect(refusalIn(await send(cloud, form))).toEqual([
      403,
      'MissingAuthenticationToken',
      'Request is missing Authentication Token',
    ])
    const bucket = { ...unsigned, method: 'GET', path: '/no-bucket', body: '' }
    expect(refusalIn(await send(cloud, bucket))[1]).toBe('NoSuchBucket')
  })

  test('a global service works in one region, wherever it was asked', async () => {
    const cloud = createCloud()
    await newUser(cloud, 'mary')
    const entries = cloud.kernel.journal.entries.filter(({ name }) => name === 'iam.CreateUser')
    expect(entries.map(({ region, accountId }) => [region, accountId])).toEqual([
      ['us-east-1', '123456789012'],
    ])
    const sts = client(cloud, STSClient, { region: 'ap-southeast-2' })
    await sts.send(new GetCallerIdentityCommand({}))
    expect(cloud.kernel.journal.entries.at(-1)?.region).toBe('ap-southeast-2')
  })
})

test('an exception that no handler means to throw is answered as AWS answers its own, and told', async () => {
  const cloud = createCloud()
  await send(cloud, { operation: 'CreateGreeting', body: { Name: 'a' } })
  const bug = new TypeError('a bug')
  cloud.kernel.store.collect = () => {
    throw bug
  }
  const told: string[] = []
  const { write } = process.stderr
  process.stderr.write = (text: string | Uint8Array) => told.push(String(text)) > 0
  try {
    const { response } = await answer(
      cloud,
      'in-process',
      requestOf(cloud, { operation: 'GetGreeting', body: { Name: 'a' } }),
    )
    expect(response.status).toBe(500)
    expect(JSON.parse(Buffer.from(response.body as Uint8Array).toString())).toEqual({
      __type: 'InternalFailure',
      message:
        'The request processing has failed because of an unknown error, exception or failure.',
    })
  } finally {
    process.stderr.write = write
  }
  expect(told.join('')).toMatch(/^orrery: a bug of ours \(seed 1\): TypeError: a bug\n/)
})
