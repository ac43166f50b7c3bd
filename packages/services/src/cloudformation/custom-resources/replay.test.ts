import { createCloud, record, replay } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { testFunctions } from '../functions.test-support.ts'
import { stackWorld } from '../stacks.test-support.ts'
import { type ProviderRequest, thing, topicProvider } from './provider.test-support.ts'

test('a replay has the answers of providers outside and of functions, and runs no code', async () => {
  const functions = testFunctions()
  const cloud = createCloud({ runtimes: functions.runtimes })
  let runs = 0
  const token = await functions.add(cloud, 'provider', async (request: ProviderRequest, put) => {
    runs += 1
    const { StackId, RequestId, LogicalResourceId } = request
    const ids = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: 'made' }
    await put(request.ResponseURL, JSON.stringify({ Status: 'SUCCESS', ...ids }))
  })
  const world = stackWorld(cloud)
  const provider = await topicProvider(world, 'outside')
  await world.create(thing(token), {}, 'inside')
  await world.create(thing(provider.token))
  await provider.answer(await provider.request())
  expect([(await world.stack('inside')).StackStatus, (await world.stack()).StackStatus]).toEqual([
    'CREATE_COMPLETE',
    'CREATE_COMPLETE',
  ])
  const again = await replay(record(cloud))
  expect(again.kernel.journal.digest()).toBe(cloud.kernel.journal.digest())
  expect(runs).toBe(1)
})
