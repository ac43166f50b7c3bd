import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeResourcePoliciesCommand,
  ListTagsForResourceCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { recorded, replaying } from './recorded-logs.test-support.ts'

const logGroupName = 'test-group'
const arn = `arn:aws:logs:us-east-1:111111111111:log-group:${logGroupName}`

recorded('a log group that exists is refused', async () => {
  const { logs, compare } = replaying('groups', 'test_create_log_group_duplicate_error')
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  await compare('error-duplicate-log-group', logs.send(new CreateLogGroupCommand({ logGroupName })))
})

recorded('a name of 513 characters is refused', async () => {
  const { logs, compare } = replaying('groups', 'test_create_log_group_invalid_name_length')
  const create = new CreateLogGroupCommand({ logGroupName: 'a'.repeat(513) })
  await compare('error-invalid-name-length', logs.send(create))
})

recorded('log groups are found by a part of their name', async () => {
  const { logs, compare } = replaying('groups', 'test_describe_log_groups_with_pattern')
  for (const name of ['a-test-group', 'b-test-group', 'c']) {
    await logs.send(new CreateLogGroupCommand({ logGroupName: name }))
  }
  const describe = new DescribeLogGroupsCommand({ logGroupNamePattern: 'test-', limit: 1 })
  await compare('describe-log-groups-pattern', logs.send(describe))
})

recorded('a part that no name has finds nothing', async () => {
  const { logs, compare, compareValue } = replaying('groups', 'test_list_log_groups_with_pattern')
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  const describe = (logGroupNamePattern: string) =>
    logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern }))
  await compare('list-log-groups-no-match', describe('no-such-group'))
  compareValue('list-log-groups-match', (await describe(logGroupName)).logGroups)
})

recorded('a log group keeps the tags of its creation', async () => {
  const { logs, compare } = replaying('groups', 'test_create_log_group_with_tags')
  await logs.send(new CreateLogGroupCommand({ logGroupName, tags: { env: 'testing' } }))
  const list = new ListTagsForResourceCommand({ resourceArn: arn })
  await compare('list-tags-after-create', logs.send(list))
})

async function withStream(name: string) {
  const replay = replaying('streams', name)
  await replay.logs.send(new CreateLogGroupCommand({ logGroupName }))
  await replay.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'stream' }))
  return replay
}

recorded('a stream is listed as soon as it was created', async () => {
  const { logs, compare } = await withStream('test_create_and_delete_log_stream')
  const describe = new DescribeLogStreamsCommand({ logGroupName })
  await compare('describe-log-streams-after-create', logs.send(describe))
})

recorded('streams are listed by a group name or ARN, not by both', async () => {
  const { logs, compare } = await withStream('test_describe_log_streams_with_log_group_identifier')
  const describe = (input: object) => logs.send(new DescribeLogStreamsCommand(input))
  await compare('describe-streams-identifier-name', describe({ logGroupIdentifier: logGroupName }))
  await compare('describe-streams-identifier-arn', describe({ logGroupIdentifier: arn }))
  await compare(
    'error-both-name-and-identifier',
    describe({ logGroupIdentifier: arn, logGroupName }),
  )
})

recorded('the ARN of a stream holds the names of group and stream', async () => {
  const { logs, compare } = await withStream('test_log_stream_arn_format')
  await compare(
    'describe-log-streams-with-arn',
    logs.send(new DescribeLogStreamsCommand({ logGroupName })),
  )
})

const route53 = (Version: string, Action: string, rest: object) =>
  JSON.stringify({
    Version,
    Statement: [
      {
        ...rest,
        Effect: 'Allow',
        Principal: { Service: 'route53.amazonaws.com' },
        Action,
        Resource: Action === 'logs:*' ? '*' : 'log_arn',
      },
    ],
  })
const putLogs = route53('2012-10-17', 'logs:PutLogEvents', { Sid: 'Route53LogsToCloudWatchLogs' })

// `lastUpdatedTime` is a number, for which the recordings keep a name.
recorded('a resource policy that is put again replaces the one of its name', async () => {
  const { logs, compareValue } = replaying('resource_policies', 'test_put_resource_policy_update')
  const put = (policyDocument: string) =>
    logs.send(new PutResourcePolicyCommand({ policyName: 'policy', policyDocument }))
  await put(putLogs)
  const { resourcePolicy } = await put(route53('2008-10-17', 'logs:*', {}))
  compareValue('updated-policy', resourcePolicy, ['lastUpdatedTime'])
})

recorded('resource policies are listed with their documents', async () => {
  const { logs, compare, compareValue } = replaying(
    'resource_policies',
    'test_describe_resource_policies',
  )
  for (const policyName of ['one', 'three', 'two']) {
    await logs.send(new PutResourcePolicyCommand({ policyName, policyDocument: putLogs }))
  }
  const describe = () => logs.send(new DescribeResourcePoliciesCommand({}))
  const times = [0, 1, 2].map((n) => `resourcePolicies[${n}].lastUpdatedTime`)
  await compare('describe-resource-policies', describe(), times)
  const { resourcePolicies } = await describe()
  compareValue(
    'policies',
    resourcePolicies,
    [0, 1, 2].map((n) => `[${n}].lastUpdatedTime`),
  )
})

recorded('an eleventh resource policy is refused', async () => {
  const { logs, compare } = replaying(
    'resource_policies',
    'test_put_resource_policy_limit_exceeded',
  )
  const put = (n: number) =>
    logs.send(new PutResourcePolicyCommand({ policyName: `p${n}`, policyDocument: putLogs }))
  for (let n = 0; n < 10; n += 1) await put(n)
  await compare('error-limit-exceeded', put(10))
})
