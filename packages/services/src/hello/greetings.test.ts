import { createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

/** One call in the wire's own form: hello has no SDK client. */
function helloOf(cloud = createCloud({ deepFreeze: true })) {
  const credentials = cloud.credentials()
  return {
    cloud,
    async call(operation: string, input: object, as = credentials) {
      const response = await fetchFromCloud(cloud, 'https://hello.us-east-1.amazonaws.com/', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `Hello_20260101.${operation}`,
        },
        body: JSON.stringify(input),
        credentials: as,
        service: 'hello',
      })
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    },
  }
}

const greetingArn = 'arn:aws:hello:us-east-1:123456789012:greeting/first'

test('a greeting can be read after it was created', async () => {
  const { call } = helloOf()
  expect(await call('CreateGreeting', { Name: 'first' })).toEqual({
    status: 200,
    body: { GreetingArn: greetingArn },
  })
  expect(await call('GetGreeting', { Name: 'first' })).toEqual({
    status: 200,
    body: { GreetingArn: greetingArn, Text: 'Hello', CreatedAt: 1767225600 },
  })
})

test('a name that exists is refused', async () => {
  const { call } = helloOf()
  await call('CreateGreeting', { Name: 'first' })
  expect(await call('CreateGreeting', { Name: 'first' })).toEqual({
    status: 400,
    body: { __type: 'GreetingExists', message: 'Greeting first already exists.' },
  })
})

test('a greeting that expires is gone when its time is up', async () => {
  const { cloud, call } = helloOf()
  await call('CreateGreeting', { Name: 'first', ExpiresInSeconds: 60 })
  await cloud.advance({ seconds: 59 })
  expect((await call('GetGreeting', { Name: 'first' })).status).toBe(200)
  await cloud.advance({ seconds: 1 })
  expect((await call('GetGreeting', { Name: 'first' })).body['__type']).toBe('GreetingNotFound')
})

test('a fork made in flight expires on its own clock', async () => {
  const { cloud, call } = helloOf()
  await call('CreateGreeting', { Name: 'first', ExpiresInSeconds: 60 })
  const fork = helloOf(cloud.fork())
  await cloud.advance({ minutes: 2 })
  expect((await call('GetGreeting', { Name: 'first' })).status).toBe(400)
  expect((await fork.call('GetGreeting', { Name: 'first' })).status).toBe(200)
  await fork.cloud.advance({ minutes: 2 })
  expect((await fork.call('GetGreeting', { Name: 'first' })).status).toBe(400)
})

test('a name that the model forbids is refused in the words of AWS', async () => {
  const { call } = helloOf()
  expect((await call('CreateGreeting', { Name: 'no spaces' })).body).toEqual({
    __type: 'ValidationException',
    message:
      "1 validation error detected: Value 'no spaces' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9-]+$",
  })
})

test('a parameter that is not built is refused by name', async () => {
  const { call } = helloOf()
  const { status, body } = await call('CreateGreeting', { Name: 'first', Language: 'fr' })
  expect(status).toBe(501)
  expect(body['message']).toBe(
    'Orrery does not model the parameter Language of hello:CreateGreeting. Leave it out, or see the coverage page of hello.',
  )
})

test('a wrong secret is refused before anything else', async () => {
  const { cloud, call } = helloOf()
  const { accessKeyId } = cloud.credentials()
  const { status, body } = await call(
    'CreateGreeting',
    { Name: 'first' },
    { accessKeyId, secretAccessKey: 'wrong' },
  )
  expect([status, body['__type']]).toEqual([400, 'InvalidSignatureException'])
})
