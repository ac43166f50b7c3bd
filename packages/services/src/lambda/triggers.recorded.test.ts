import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeSubscriptionFiltersCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { AddPermissionCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda'
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { plainInput, type Replay, recordedAccount, replay } from './recorded.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const filters = 'logs/test_logs_subscription_filters'
const groupArn = `arn:aws:logs:us-east-1:${recordedAccount}:log-group:group`

async function grouped(made: Replay) {
  const { FunctionArn } = await made.lambda.send(new CreateFunctionCommand(await plainInput('fn')))
  await made.cloud.advance({ seconds: 5 })
  const logs = client(made.cloud, CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'group' }))
  await logs.send(new CreateLogStreamCommand({ logGroupName: 'group', logStreamName: 'stream' }))
  const permitted = made.lambda.send(
    new AddPermissionCommand({
      FunctionName: 'fn',
      StatementId: 'fn',
      Principal: 'logs.us-east-1.amazonaws.com',
      Action: 'lambda:InvokeFunction',
      SourceArn: `${groupArn}:*`,
      SourceAccount: recordedAccount,
    }),
  )
  const put = (filterName: string, filterPattern: string) =>
    logs.send(
      new PutSubscriptionFilterCommand({
        logGroupName: 'group',
        filterName,
        filterPattern,
        destinationArn: FunctionArn,
      }),
    )
  const describe = () =>
    logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName: 'group' }))
  return { logs, permitted, put, describe }
}

recorded('a subscription filter to a function', async () => {
  const seen: unknown[] = []
  const made = replay(filters, 'test_put_subscription_filter_lambda', {
    'index.handler': (event: unknown) => void seen.push(event),
  })
  const { logs, permitted, put, describe } = await grouped(made)
  const { Statement } = await permitted
  const { add_permission: added } = made.recorded as { add_permission: { Statement: object } }
  // Recorded with the statement's text read.
  expect(Object.keys(JSON.parse(Statement ?? '{}'))).toEqual(Object.keys(added.Statement))
  await made.expect('put_subscription_filter', put('test', ''))
  await made.expect('describe_subscription_filter', describe(), [
    'subscriptionFilters.0.creationTime',
  ])
  const timestamp = made.cloud.kernel.clock.nowMs
  const logEvents = ['test', 'test 2'].map((message) => ({ timestamp, message }))
  await logs.send(
    new PutLogEventsCommand({ logGroupName: 'group', logStreamName: 'stream', logEvents }),
  )
  await made.cloud.settle()
  expect(seen).toHaveLength(1)
})

recorded('a subscription filter that is put again', async () => {
  const made = replay(filters, 'test_put_subscription_filter_update')
  const { permitted, put, describe } = await grouped(made)
  await permitted
  await put('test', '')
  await put('test', '[]')
  await made.expect('updated-filter', describe(), ['subscriptionFilters.0.creationTime'])
})

recorded('more subscription filters than a group may have', async () => {
  const made = replay(filters, 'test_put_subscription_filter_limit_exceeded')
  const { permitted, put } = await grouped(made)
  await permitted
  await put('one', '')
  await put('two', '')
  await made.expect('error-limit-exceeded', put('three', ''))
})

for (const [name, subject] of [
  ['test_python_lambda_subscribe_sns_topic', '[Subject] Test subject'],
  ['test_publish_lambda_verify_signature[1]', '[Subject] Test subject Signature v1'],
  ['test_publish_lambda_verify_signature[2]', '[Subject] Test subject Signature v2'],
] as const) {
  recorded(`what a topic tells a function: ${name}`, async () => {
    const seen: { Records: { Sns: object }[] }[] = []
    const made = replay('sns/test_sns', name, {
      'index.handler': (event: { Records: { Sns: object }[] }) => void seen.push(event),
    })
    const { FunctionArn } = await made.lambda.send(
      new CreateFunctionCommand(await plainInput('fn')),
    )
    const sns = client(made.cloud, SNSClient)
    const Attributes = { SignatureVersion: name.endsWith('[2]') ? '2' : '1' }
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'topic', Attributes }))
    await made.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'fn',
        StatementId: 'topic',
        Principal: 'sns.amazonaws.com',
        Action: 'lambda:InvokeFunction',
        SourceArn: TopicArn,
      }),
    )
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: FunctionArn }))
    await sns.send(new PublishCommand({ TopicArn, Subject: subject, Message: 'Hello world.' }))
    await made.cloud.settle()
    const told = seen[0]?.Records[0]?.Sns
    const { notification } = made.recorded as {
      notification: { SignatureVersion: string }
    }
    expect(Object.keys(told ?? {}).sort()).toEqual(Object.keys(notification).sort())
    expect(told).toMatchObject({
      Type: 'Notification',
      Subject: subject,
      MessageAttributes: {},
      SignatureVersion: notification.SignatureVersion,
    })
  })
}
