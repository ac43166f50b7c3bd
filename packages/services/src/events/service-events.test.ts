import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { bodies, openQueue, ruleFor } from './delivered.test-support.ts'

test('events of AWS services come to the default bus of their account and Region', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const places = [{}, { region: 'eu-west-1' }, { accountId: '222222222222' }] as const
  const queues = []
  for (const place of places) {
    const queue = await openQueue(cloud, 'q', place)
    await ruleFor(cloud, [{ Id: 't', Arn: queue.arn }], {
      pattern: {
        source: ['aws.cloudformation'],
        'detail-type': ['CloudFormation Stack Status Change'],
      },
      place,
    })
    queues.push([queue, place] as const)
  }
  const TemplateBody = JSON.stringify({
    Resources: { Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'b' } } },
  })
  const cfn = client(cloud, CloudFormationClient, { region: 'eu-west-1' })
  const { StackId = '' } = await cfn.send(new CreateStackCommand({ StackName: 's', TemplateBody }))
  await cloud.advance({ minutes: 1 })
  const found = []
  for (const [queue, place] of queues) {
    const events = (await bodies(cloud, queue, place)).map(
      (body) => JSON.parse(body) as { detail: { 'status-details': { status: string } } },
    )
    found.push(events)
  }
  const [here, there, elsewhere] = found
  expect([here, elsewhere]).toEqual([[], []])
  expect(there?.map(({ detail }) => detail['status-details'].status)).toEqual([
    'CREATE_IN_PROGRESS',
    'CREATE_COMPLETE',
  ])
  expect(there?.[0]).toMatchObject({
    version: '0',
    source: 'aws.cloudformation',
    account: '123456789012',
    region: 'eu-west-1',
    resources: [StackId],
  })
})
