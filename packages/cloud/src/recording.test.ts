import { expect, test } from 'vitest'
import type { Cloud } from './cloud.ts'
import { createCloud, fetchFromCloud, record, replay } from './index.ts'

async function hello(cloud: Cloud, operation: string, input: object): Promise<number> {
  const response = await fetchFromCloud(cloud, 'https://hello.us-east-1.amazonaws.com/', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Hello_20260101.${operation}`,
    },
    body: JSON.stringify(input),
    credentials: cloud.credentials(),
    service: 'hello',
  })
  return response.status
}

async function visit(cloud: Cloud): Promise<void> {
  await hello(cloud, 'CreateGreeting', { Name: 'a', ExpiresInSeconds: 10 })
  await hello(cloud, 'CreateGreeting', { Name: 'a' })
  const fault = cloud.armFault('hello.GetGreeting', { kind: 'error', code: 'Unavailable' })
  await hello(cloud, 'GetGreeting', { Name: 'a' })
  cloud.endFault(fault)
  await cloud.advance({ seconds: 30 })
  await hello(cloud, 'GetGreeting', { Name: 'a' })
  await hello(cloud, 'NoSuchOperation', {})
}

test('the same seed gives the same journal, byte for byte', async () => {
  const digests: string[] = []
  for (const seed of [7, 7, 8]) {
    const cloud = createCloud({ seed })
    await visit(cloud)
    digests.push(cloud.kernel.journal.digest())
  }
  expect(digests[0]).toBe(digests[1])
  expect(digests[0]).not.toBe(digests[2])
})

test('replaying what entered gives the same journal and the same state', async () => {
  const cloud = createCloud({ seed: 3 })
  await visit(cloud)
  const recording = record(cloud)
  const again = await replay(recording)
  expect(again.kernel.journal.digest()).toBe(recording.journalSha256)
  expect(again.kernel.export()).toEqual(cloud.kernel.export())
})

test('a clock that follows the wall replays with a held one', async () => {
  const cloud = createCloud({ seed: 3, clock: { kind: 'fast', factor: 5000 } })
  await hello(cloud, 'CreateGreeting', { Name: 'a', ExpiresInSeconds: 10 })
  await new Promise((resolve) => setTimeout(resolve, 20))
  await hello(cloud, 'GetGreeting', { Name: 'a' })
  cloud.close()
  const recording = record(cloud)
  const again = await replay(recording)
  expect(again.kernel.journal.digest()).toBe(recording.journalSha256)
})
