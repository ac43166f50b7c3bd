import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  GetPolicyCommand,
  InvokeCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { PutObject } from '@cloud-orrery/models/s3'
import { type Aws, expect } from '@cloud-orrery/vitest/scenario'
import { redrive } from '../src/redrive/redrive.ts'
import { clientsOf, desk } from './desk.ts'
import { oneOfEachTemplate, queuesTemplate, rowsOf, taggedWith } from './inventory.ts'

desk.promise(
  9,
  'the resources of a new stack carry its name as a tag, and are found by it',
  async ({ aws, outputs }) => {
    await aws.deploy(oneOfEachTemplate, { stackName: 'shop' })
    await aws.clock.advance({ minutes: 1 })

    const rows = await rowsOf(aws, outputs, 'shop')
    expect(Object.keys(rows).sort()).toEqual(Object.keys(oneOfEachTemplate.Resources).sort())
    const arns = Object.values(rows).flatMap(({ arn }) => (arn === undefined ? [] : [arn]))
    expect(await taggedWith(aws, 'shop')).toEqual(arns.sort())
    const { account, region } = { account: aws.accountId, region: aws.region }
    expect(arns).toEqual(
      [
        `arn:aws:events:${region}:${account}:event-bus/orders`,
        `arn:aws:events:${region}:${account}:rule/hourly`,
        `arn:aws:kms:${region}:${account}:key/${rows['Key']?.['physicalId']}`,
        `arn:aws:lambda:${region}:${account}:function:worker`,
        `arn:aws:logs:${region}:${account}:log-group:/shop/orders`,
        'arn:aws:s3:::shop-papers',
        `arn:aws:sns:${region}:${account}:news`,
        `arn:aws:sqs:${region}:${account}:jobs`,
        `arn:aws:ssm:${region}:${account}:parameter/shop/flag`,
      ].sort(),
    )
    expect(await letters(aws, outputs)).toEqual([])
  },
)

desk.promise(
  10,
  'the inventory follows a stack: created, updated, taken out, deleted',
  async ({ aws, outputs }) => {
    const statuses = async () =>
      Object.entries(await rowsOf(aws, outputs, 'jobs')).map(([id, { status }]) => [id, status])
    await aws.deploy(queuesTemplate({ First: 30, Second: 30 }), { stackName: 'jobs' })
    await aws.clock.advance({ minutes: 1 })
    expect(await statuses()).toEqual([
      ['First', 'CREATE_COMPLETE'],
      ['Second', 'CREATE_COMPLETE'],
    ])
    await aws.deploy(queuesTemplate({ First: 60, Third: 30 }), { stackName: 'jobs' })
    await aws.clock.advance({ minutes: 1 })
    expect(await statuses()).toEqual([
      ['First', 'UPDATE_COMPLETE'],
      ['Third', 'CREATE_COMPLETE'],
    ])
    expect(await taggedWith(aws, 'jobs')).toHaveLength(2)
    await aws.destroy('jobs')
    await aws.clock.advance({ minutes: 1 })
    expect(await statuses()).toEqual([])
  },
)

desk.promise(
  11,
  'without a permission to tag, the event waits in the queue; restored and redriven, nothing is lost',
  async ({ aws, outputs }) => {
    const iam = aws.client(IAMClient)
    const RoleName = outputs['KeeperRoleName'] ?? ''
    const { PolicyNames: [PolicyName = ''] = [] } = await iam.send(
      new ListRolePoliciesCommand({ RoleName }),
    )
    const found = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))
    const before = decodeURIComponent(found.PolicyDocument ?? '')
    const without = before.replace('"sqs:TagQueue"', '"sqs:GetQueueUrl"')
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: without }))

    await aws.deploy(queuesTemplate({ First: 30 }), { stackName: 'jobs' })
    await aws.clock.advance({ minutes: 10 })
    expect(await taggedWith(aws, 'jobs')).toEqual([])
    expect(Object.keys(await rowsOf(aws, outputs, 'jobs'))).toEqual(['First'])
    const [letter, ...others] = await letters(aws, outputs)
    expect(others).toEqual([])
    expect(letter).toContain('is not authorized to perform: sqs:tagqueue on resource')

    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: before }))
    expect(await redrive(clientsOf(aws), outputs['UnprocessedUrl'] ?? '')).toBe(1)
    await aws.clock.advance({ minutes: 1 })
    expect(await taggedWith(aws, 'jobs')).toEqual([
      `arn:aws:sqs:${aws.region}:${aws.accountId}:first`,
    ])
    expect(await letters(aws, outputs)).toEqual([])
  },
)

desk.promise(
  12,
  'the same events again, late or in any order, change nothing',
  async ({ aws, outputs }) => {
    await aws.deploy(queuesTemplate({ First: 30, Second: 30 }), { stackName: 'jobs' })
    await aws.deploy(queuesTemplate({ First: 60 }), { stackName: 'jobs' })
    await aws.clock.advance({ minutes: 1 })
    const rows = await rowsOf(aws, outputs, 'jobs')
    expect(Object.keys(rows)).toEqual(['First'])
    const tagged = await taggedWith(aws, 'jobs')
    const writes = aws.journal.calls(PutObject).length

    for (const detail of eventsOf(aws).toReversed()) {
      await clientsOf(aws).lambda.send(
        new InvokeCommand({
          FunctionName: outputs['KeeperName'],
          InvocationType: 'Event',
          Payload: JSON.stringify({ detail }),
        }),
      )
    }
    await aws.clock.advance({ hours: 1 })
    expect(await rowsOf(aws, outputs, 'jobs')).toEqual(rows)
    expect(await taggedWith(aws, 'jobs')).toEqual(tagged)
    expect(aws.journal.calls(PutObject)).toHaveLength(writes)
    expect(await letters(aws, outputs)).toEqual([])
  },
)

desk.promise(13, 'the same seed gives the same journal, functions included', async ({ aws }) => {
  const twin = aws.fork()
  for (const timeline of [aws, twin]) {
    await timeline.deploy(queuesTemplate({ First: 30, Second: 30 }), { stackName: 'jobs' })
    await timeline.clock.advance({ minutes: 5 })
    await timeline.destroy('jobs')
    await timeline.clock.advance({ minutes: 5 })
  }
  expect(twin.journal.digest()).toBe(aws.journal.digest())
  twin.cloud.close()
})

desk.promise(
  14,
  'deleting the inventory empties it and leaves nothing of it',
  async ({ aws, outputs }) => {
    const Bucket = outputs['InventoryBucket']
    await clientsOf(aws).s3.send(new PutObjectCommand({ Bucket, Key: 'row.json', Body: '{}' }))
    expect(await aws.destroy('StackInventory')).toBe('DELETE_COMPLETE')
    await aws.clock.advance({ minutes: 1 })
    expect(aws.inventory().filter((arn) => /stackinventory/i.test(arn))).toEqual([])
  },
)

desk.promise(
  15,
  'events that cannot reach the function wait in the queue too, and are processed later',
  async ({ aws, outputs }) => {
    const { lambda } = clientsOf(aws)
    const FunctionName = outputs['KeeperName'] ?? ''
    const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName }))
    // Lambda's own form of a resource policy, with a statement a rule.
    const { Statement } = JSON.parse(Policy) as { Statement: Permission[] }
    for (const { Sid } of Statement) {
      await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: Sid }))
    }
    await aws.deploy(queuesTemplate({ First: 30 }), { stackName: 'jobs' })
    await aws.clock.advance({ minutes: 1 })
    expect(await rowsOf(aws, outputs, 'jobs')).toEqual({})
    expect(await letters(aws, outputs)).toHaveLength(2)

    for (const { Sid, Condition } of Statement) {
      await lambda.send(
        new AddPermissionCommand({
          FunctionName,
          StatementId: Sid,
          Action: 'lambda:InvokeFunction',
          Principal: 'events.amazonaws.com',
          SourceArn: Condition.ArnLike['AWS:SourceArn'],
        }),
      )
    }
    expect(await redrive(clientsOf(aws), outputs['UnprocessedUrl'] ?? '')).toBe(2)
    await aws.clock.advance({ minutes: 1 })
    expect(Object.keys(await rowsOf(aws, outputs, 'jobs'))).toEqual(['First'])
    expect(await taggedWith(aws, 'jobs')).toHaveLength(1)
    expect(await letters(aws, outputs)).toEqual([])
  },
)

interface Permission {
  readonly Sid: string
  readonly Condition: { readonly ArnLike: { readonly 'AWS:SourceArn': string } }
}

/** Bodies of what waits in the inventory's dead-letter queue. */
async function letters(aws: Aws, outputs: Readonly<Record<string, string>>): Promise<string[]> {
  const { Messages = [] } = await clientsOf(aws).sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: outputs['UnprocessedUrl'],
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
    }),
  )
  return Messages.map(({ Body = '' }) => Body)
}

/** Details of what CloudFormation has told of other stacks' ends. */
function eventsOf(aws: Aws): Record<string, unknown>[] {
  return aws.journal
    .events()
    .map(({ detail }) => detail as Record<string, unknown>) // CloudFormation's own events.
    .filter((detail) => String(detail['stack-id']).includes(':stack/jobs/'))
    .filter((detail) => {
      const { status } = detail['status-details'] as { status: string }
      return status.endsWith('_COMPLETE')
    })
}
