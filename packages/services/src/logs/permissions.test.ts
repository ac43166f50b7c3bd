import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const logGroupName = '/app/orders'
const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:'

/** The administrator's client, and that of a user with these statements alone. */
async function group(...Statement: object[]) {
  const cloud = createCloud({ deepFreeze: true })
  const iam = client(cloud, IAMClient)
  const UserName = 'limited'
  await iam.send(new CreateUserCommand({ UserName }))
  if (Statement.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  const logs = client(cloud, CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName, tags: { team: 'a' } }))
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 's' }))
  return { cloud, logs, limited: client(cloud, CloudWatchLogsClient, { credentials }) }
}

const allow = (Action: string | string[], Resource: string, rest: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
})

const put = new PutLogEventsCommand({
  logGroupName,
  logStreamName: 's',
  logEvents: [{ timestamp: Date.UTC(2026, 0, 1), message: 'x' }],
})

test('a denial names group and stream as AWS does', async () => {
  const { limited } = await group()
  const denial = (action: string, resource: string) =>
    `User: arn:aws:iam::123456789012:user/limited is not authorized to perform: logs:${action} on resource: ${resource} because no identity-based policy allows the logs:${action} action`
  const cases: [Promise<unknown>, string, string][] = [
    [limited.send(put), 'PutLogEvents', `${arn}${logGroupName}:log-stream:s`],
    [
      limited.send(new CreateLogGroupCommand({ logGroupName: 'new' })),
      'CreateLogGroup',
      `${arn}new:log-stream:`,
    ],
    [
      limited.send(new FilterLogEventsCommand({ logGroupName: 'gone' })),
      'FilterLogEvents',
      `${arn}gone:log-stream:`,
    ],
    [limited.send(new DescribeLogGroupsCommand({})), 'DescribeLogGroups', `${arn}:log-stream:`],
    [
      limited.send(new ListTagsForResourceCommand({ resourceArn: `${arn}${logGroupName}` })),
      'ListTagsForResource',
      `${arn}${logGroupName}`,
    ],
  ]
  for (const [call, action, resource] of cases) {
    await expect(call).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: denial(action, resource),
    })
  }
})

test('a permission for a group ends in a star after a colon', async () => {
  const read = ['logs:FilterLogEvents', 'logs:GetLogEvents']
  const exact = await group(allow(read, `${arn}${logGroupName}`))
  await expect(
    exact.limited.send(new FilterLogEventsCommand({ logGroupName })),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' })
  const { limited } = await group(allow(read, `${arn}${logGroupName}:*`))
  await limited.send(new FilterLogEventsCommand({ logGroupName }))
  const get = { logGroupName, logStreamName: 's' }
  await limited.send(new GetLogEventsCommand(get))
  await expect(
    limited.send(new GetLogEventsCommand({ ...get, unmask: true })),
  ).rejects.toMatchObject({ message: expect.stringContaining('logs:Unmask') })
})

test('tags of the group decide who writes', async () => {
  const condition = (team: string) => ({
    Condition: { StringEquals: { 'aws:ResourceTag/team': team } },
  })
  const { limited } = await group(allow('logs:PutLogEvents', '*', condition('a')))
  await limited.send(put)
  const other = await group(allow('logs:PutLogEvents', '*', condition('b')))
  await expect(other.limited.send(put)).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('another account has log groups of its own', async () => {
  const { cloud } = await group()
  const stranger = client(cloud, CloudWatchLogsClient, { accountId: '222222222222' })
  expect((await stranger.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([])
  const filter = new FilterLogEventsCommand({ logGroupIdentifier: `${arn}${logGroupName}` })
  await expect(stranger.send(filter)).rejects.toMatchObject({ name: 'NotImplemented' })
})
