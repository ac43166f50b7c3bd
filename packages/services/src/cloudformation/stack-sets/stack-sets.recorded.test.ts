import {
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
} from '@aws-sdk/client-cloudformation'
import { expect, test } from 'vitest'
import {
  asRecorded,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../../shared/recorded.test-support.ts'
import { accountId, queue, resourcesOf, stackWorld } from '../stacks.test-support.ts'
import { administrator, executor } from './stack-sets.test-support.ts'

const file = 'cloudformation/resources/test_stack_sets'

test.skipIf(!recordingsPresent)('test_create_stack_set_with_stack_instances', async () => {
  const { cloud, cfn } = stackWorld()
  await administrator(cloud)
  await executor(cloud, accountId)
  const recorded = recording(file, 'test_create_stack_set_with_stack_instances')
  const StackSetName = 'StackSet-abc'
  const created = await asRecorded(
    cfn.send(
      new CreateStackSetCommand({
        StackSetName,
        TemplateBody: JSON.stringify(resourcesOf({ Queue: queue('jobs') })),
      }),
    ),
  )
  const instances = await asRecorded(
    cfn.send(
      new CreateStackInstancesCommand({
        StackSetName,
        Accounts: [accountId],
        Regions: ['us-east-1'],
      }),
    ),
  )
  await cloud.advance({ minutes: 1 })
  expectRecorded({ create_stack_set: created, create_stack_instances: instances }, recorded)
})

test.skipIf(!recordingsPresent)('test_fetch_non_existent_stack_set_instances', async () => {
  const { cfn } = stackWorld()
  const recorded = recording(file, 'test_fetch_non_existent_stack_set_instances')
  const create = async (StackSetName: string) => {
    const input = { StackSetName, Accounts: [accountId], Regions: ['us-east-1'] }
    const error: unknown = await cfn
      .send(new CreateStackInstancesCommand(input))
      .catch((it: unknown) => it)
    if (!(error instanceof Error)) throw new Error('the call succeeded')
    // The recording holds botocore's text.
    return `An error occurred (${error.name}) when calling the CreateStackInstances operation: ${error.message}`
  }
  const id = 'foo:bc5d6d4e-8f22-4a5e-b5b4-3ad5ae3a9a8b'
  expect({
    'non-existent-stack-set-name': await create('non-existent-stack-set-id'),
    'non-existent-stack-set-id': (await create(id)).replace(id, '<stack-id>'),
  }).toEqual(recorded)
  await expect(
    cfn.send(
      new DeleteStackInstancesCommand({
        StackSetName: 'none',
        Accounts: [accountId],
        Regions: ['us-east-1'],
        RetainStacks: false,
      }),
    ),
  ).rejects.toThrow('StackSet none not found')
})
