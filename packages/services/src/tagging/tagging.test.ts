import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { EventBridgeClient, PutRuleCommand } from '@aws-sdk/client-eventbridge'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  GetResourcesCommand,
  type GetResourcesCommandInput,
  GetTagKeysCommand,
  GetTagValuesCommand,
  ResourceGroupsTaggingAPIClient,
  StartReportCreationCommand,
  TagResourcesCommand,
  UntagResourcesCommand,
} from '@aws-sdk/client-resource-groups-tagging-api'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'

const account = '123456789012'
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:${account}:${name}`

function world() {
  const cloud = createCloud({ deepFreeze: true })
  const tagging = client(cloud, ResourceGroupsTaggingAPIClient)
  const sqs = client(cloud, SQSClient)
  return {
    cloud,
    tagging,
    sqs,
    queue: async (QueueName: string, tags?: Record<string, string>) => {
      await sqs.send(new CreateQueueCommand({ QueueName, tags }))
      return queueArn(QueueName)
    },
    tag: (ResourceARNList: string[], Tags: Record<string, string>, by = tagging) =>
      by.send(new TagResourcesCommand({ ResourceARNList, Tags })),
    untag: (ResourceARNList: string[], TagKeys: string[]) =>
      tagging.send(new UntagResourcesCommand({ ResourceARNList, TagKeys })),
    found: async (input: GetResourcesCommandInput = {}) => {
      const answer = await tagging.send(new GetResourcesCommand(input))
      const list = answer.ResourceTagMappingList ?? []
      return {
        token: answer.PaginationToken,
        tags: Object.fromEntries(
          list.map(({ ResourceARN = '', Tags = [] }) => [
            ResourceARN,
            Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
          ]),
        ),
      }
    },
  }
}

/** The tagging API as a user who may do what the statements say. */
async function taggingAs(cloud: Cloud, ...Action: string[]) {
  const iam = client(cloud, IAMClient)
  const UserName = 'tagger'
  await iam.send(new CreateUserCommand({ UserName }))
  const Statement = { Effect: 'Allow', Action, Resource: '*' }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  return client(cloud, ResourceGroupsTaggingAPIClient, {
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    },
  })
}

/** One resource of each service that needs nothing else to be made, by ARN. */
async function oneOfEach(cloud: Cloud): Promise<string[]> {
  await client(cloud, S3Client).send(new CreateBucketCommand({ Bucket: 'papers' }))
  const { TopicArn = '' } = await client(cloud, SNSClient).send(
    new CreateTopicCommand({ Name: 'news' }),
  )
  await client(cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'jobs' }))
  await client(cloud, CloudWatchLogsClient).send(
    new CreateLogGroupCommand({ logGroupName: '/a/b' }),
  )
  const { RuleArn = '' } = await client(cloud, EventBridgeClient).send(
    new PutRuleCommand({ Name: 'hourly', ScheduleExpression: 'rate(1 hour)' }),
  )
  const { KeyMetadata } = await client(cloud, KMSClient).send(new CreateKeyCommand({}))
  const ssm = client(cloud, SSMClient)
  for (const Name of ['plain', '/slashed', '/deep/er']) {
    await ssm.send(new PutParameterCommand({ Name, Value: 'x', Type: 'String' }))
  }
  const parameter = (name: string) => `arn:aws:ssm:us-east-1:${account}:parameter/${name}`
  return [
    'arn:aws:s3:::papers',
    TopicArn,
    queueArn('jobs'),
    `arn:aws:logs:us-east-1:${account}:log-group:/a/b`,
    RuleArn,
    KeyMetadata?.Arn ?? '',
    ...['plain', 'slashed', 'deep/er'].map(parameter),
  ]
}

describe('tagging', () => {
  test('resources of many services take tags in one call and lose them in another', async () => {
    const { cloud, tag, untag, found } = world()
    const arns = await oneOfEach(cloud)
    expect((await tag(arns, { team: 'red', stage: 'test' })).FailedResourcesMap).toEqual({})
    const both = { team: 'red', stage: 'test' }
    expect((await found()).tags).toEqual(Object.fromEntries(arns.map((arn) => [arn, both])))

    expect((await untag(arns, ['stage', 'never'])).FailedResourcesMap).toEqual({})
    expect((await found()).tags).toEqual(
      Object.fromEntries(arns.map((arn) => [arn, { team: 'red' }])),
    )
  })

  test('tags that are there stay, and the service that owns them shows the new ones', async () => {
    const { sqs, queue, tag } = world()
    await tag([await queue('jobs', { old: '1', team: 'blue' })], { team: 'red' })
    const queueUrl = `https://sqs.us-east-1.amazonaws.com/${account}/jobs`
    const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl: queueUrl }))
    expect(Tags).toEqual({ old: '1', team: 'red' })
  })

  test('a bucket that a stack made keeps the tags of its stack beside new ones', async () => {
    const { cloud, tag, untag, found } = world()
    const Resources = { Papers: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'papers' } } }
    const cloudFormation = client(cloud, CloudFormationClient)
    await cloudFormation.send(
      new CreateStackCommand({ StackName: 'shop', TemplateBody: JSON.stringify({ Resources }) }),
    )
    await cloud.advance({ minutes: 1 })
    const papers = 'arn:aws:s3:::papers'
    const before = (await found()).tags
    expect(before[papers]).toMatchObject({ 'aws:cloudformation:stack-name': 'shop' })
    expect((await tag([papers], { team: 'red' })).FailedResourcesMap).toEqual({})
    expect((await found()).tags).toEqual({ [papers]: { ...before[papers], team: 'red' } })
    await untag([papers], ['team'])
    expect((await found()).tags).toEqual(before)

    const { FailedResourcesMap } = await untag([papers], ['aws:cloudformation:stack-name'])
    expect(FailedResourcesMap?.[papers]).toMatchObject({
      ErrorCode: 'InvalidTag',
      ErrorMessage: 'System tags cannot be removed by requester',
    })
  })

  test('what is not there fails alone, in the words of its service', async () => {
    const { queue, tag, found } = world()
    const jobs = await queue('jobs')
    const { FailedResourcesMap } = await tag([queueArn('gone'), jobs], { team: 'red' })
    expect(FailedResourcesMap).toEqual({
      [queueArn('gone')]: {
        StatusCode: 400,
        ErrorCode: 'QueueDoesNotExist',
        ErrorMessage: 'The specified queue does not exist.',
      },
    })
    expect((await found()).tags).toEqual({ [jobs]: { team: 'red' } })
  })

  test('kinds of resources that are not built are refused by name, alone', async () => {
    const { tag } = world()
    const arn = `arn:aws:ec2:us-east-1:${account}:instance/i-1`
    expect((await tag([arn], { team: 'red' })).FailedResourcesMap?.[arn]).toEqual({
      StatusCode: 501,
      ErrorCode: 'NotImplemented',
      ErrorMessage:
        'Orrery does not model the tagging of ec2:instance by the Resource Groups Tagging API.',
    })
  })

  test('another Region or account fails, text that is no ARN ends the request', async () => {
    const { queue, tag, found } = world()
    const jobs = await queue('jobs')
    const west = `arn:aws:sqs:us-west-2:${account}:jobs`
    const other = 'arn:aws:sqs:us-east-1:222222222222:jobs'
    const { FailedResourcesMap } = await tag([west, other], { team: 'red' })
    expect(Object.values(FailedResourcesMap ?? {}).map(({ ErrorCode }) => ErrorCode)).toEqual([
      'InvalidParameterException',
      'InvalidParameterException',
    ])
    await expect(tag([jobs, 'jobs'], { team: 'red' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'jobs is not a valid AmazonResourceName (ARN)',
    })
    expect((await found()).tags).toEqual({})
  })
})

describe('permissions', () => {
  test('tag:TagResources alone tags nothing: the failure names what is missing', async () => {
    const { cloud, queue, tag } = world()
    const jobs = await queue('jobs')
    const tagger = await taggingAs(cloud, 'tag:TagResources')
    expect((await tag([jobs], { team: 'red' }, tagger)).FailedResourcesMap).toEqual({
      [jobs]: {
        StatusCode: 403,
        ErrorCode: 'AccessDeniedException',
        ErrorMessage: `User: arn:aws:iam::${account}:user/tagger is not authorized to perform: sqs:tagqueue on resource: ${jobs} because no identity-based policy allows the sqs:tagqueue action`,
      },
    })
  })

  test('the service permission alone is refused at once', async () => {
    const { cloud, queue, tag } = world()
    const tagger = await taggingAs(cloud, 'sqs:TagQueue')
    await expect(tag([await queue('jobs')], { team: 'red' }, tagger)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:iam::${account}:user/tagger is not authorized to perform: tag:TagResources because no identity-based policy allows the tag:TagResources action`,
    })
  })

  test('both together tag; to list, tag:GetResources is enough', async () => {
    const { cloud, queue, tag } = world()
    const jobs = await queue('jobs')
    const tagger = await taggingAs(cloud, 'tag:TagResources', 'tag:GetResources', 'sqs:TagQueue')
    expect((await tag([jobs], { team: 'red' }, tagger)).FailedResourcesMap).toEqual({})
    const { ResourceTagMappingList } = await tagger.send(new GetResourcesCommand({}))
    expect(ResourceTagMappingList).toEqual([
      { ResourceARN: jobs, Tags: [{ Key: 'team', Value: 'red' }] },
    ])
  })
})

describe('listing', () => {
  test('filters all have to fit, values of one are alternatives', async () => {
    const { cloud, queue, found } = world()
    const red = await queue('red', { team: 'red', stage: 'test' })
    const blue = await queue('blue', { team: 'blue' })
    await queue('bare')
    await client(cloud, SNSClient).send(
      new CreateTopicCommand({ Name: 'news', Tags: [{ Key: 'team', Value: 'red' }] }),
    )
    const topic = `arn:aws:sns:us-east-1:${account}:news`
    const arns = async (input: GetResourcesCommandInput) => Object.keys((await found(input)).tags)
    const team = (...Values: string[]) => ({ Key: 'team', Values })
    expect(await arns({ TagFilters: [{ Key: 'team' }] })).toEqual([topic, blue, red])
    expect(await arns({ TagFilters: [team('red', 'green')] })).toEqual([topic, red])
    expect(await arns({ TagFilters: [team('red'), { Key: 'stage' }] })).toEqual([red])
    expect(await arns({ ResourceTypeFilters: ['sqs'] })).toEqual([blue, red])
    expect(await arns({ ResourceTypeFilters: ['sqs:queue', 's3:bucket'] })).toEqual([blue, red])
    expect(await arns({ ResourceTypeFilters: ['sns:topic'], TagFilters: [team('red')] })).toEqual([
      topic,
    ])
    expect(await arns({ ResourceARNList: [blue, queueArn('gone')] })).toEqual([blue])
  })

  test('a thousand resources come in pages that together hold each once', async () => {
    const { sqs, tagging } = world()
    const names = Array.from({ length: 1000 }, (_, at) => `queue-${at}`)
    for (const QueueName of names) {
      const tags = { at: QueueName, stage: 'test' }
      await sqs.send(new CreateQueueCommand({ QueueName, tags }))
    }
    const seen: string[] = []
    let PaginationToken: string | undefined
    let pages = 0
    do {
      const answer = await tagging.send(
        new GetResourcesCommand({ ResourcesPerPage: 100, PaginationToken }),
      )
      seen.push(...(answer.ResourceTagMappingList ?? []).map(({ ResourceARN = '' }) => ResourceARN))
      PaginationToken = answer.PaginationToken
      pages += 1
    } while (PaginationToken !== '')
    expect(pages).toBe(10)
    expect(seen).toEqual(names.map(queueArn).sort())

    const byTags = await tagging.send(new GetResourcesCommand({ TagsPerPage: 100 }))
    expect(byTags.ResourceTagMappingList).toHaveLength(50)
    const { TagKeys } = await tagging.send(new GetTagKeysCommand({}))
    expect(TagKeys).toEqual(['at', 'stage'])
    const values = await tagging.send(new GetTagValuesCommand({ Key: 'at' }))
    expect(values).toMatchObject({ PaginationToken: '', TagValues: names.toSorted() })
  })

  test('a page token is of one request and lasts 15 minutes', async () => {
    const { cloud, queue, found } = world()
    for (const name of ['a', 'b', 'c']) await queue(name, { team: name })
    const { token: PaginationToken } = await found({ ResourcesPerPage: 2 })
    const next = await found({ ResourcesPerPage: 2, PaginationToken })
    expect(next).toEqual({ token: '', tags: { [queueArn('c')]: { team: 'c' } } })
    await expect(found({ PaginationToken, TagFilters: [{ Key: 'team' }] })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await cloud.advance({ minutes: 16 })
    await expect(found({ PaginationToken })).rejects.toMatchObject({
      name: 'PaginationTokenExpiredException',
    })
  })

  test('each Region and account has its own resources', async () => {
    const { cloud, queue } = world()
    await queue('jobs', { team: 'red' })
    await client(cloud, S3Client).send(new CreateBucketCommand({ Bucket: 'papers' }))
    for (const place of [{ region: 'eu-west-1' }, { accountId: '222222222222' }]) {
      const elsewhere = client(cloud, ResourceGroupsTaggingAPIClient, place)
      const { ResourceTagMappingList } = await elsewhere.send(new GetResourcesCommand({}))
      expect(ResourceTagMappingList).toEqual([])
    }
  })

  test('compliance and reports are refused by name', async () => {
    const { tagging, found } = world()
    await expect(found({ IncludeComplianceDetails: true })).rejects.toThrow(
      'Orrery does not model the parameter IncludeComplianceDetails of tagging:GetResources',
    )
    await expect(
      tagging.send(new StartReportCreationCommand({ S3Bucket: 'reports' })),
    ).rejects.toMatchObject({ name: 'NotImplemented' })
  })

  test('sizes of pages have bounds, and a list of ARNs has no pages', async () => {
    const { found } = world()
    for (const input of [
      { ResourcesPerPage: 0 },
      { ResourcesPerPage: 101 },
      { TagsPerPage: 99 },
      { TagsPerPage: 150 },
      { TagsPerPage: 600 },
      { ResourceARNList: [queueArn('a')], ResourcesPerPage: 1 },
      { TagFilters: [{ Values: ['a'] }] },
    ]) {
      await expect(found(input)).rejects.toMatchObject({ name: 'InvalidParameterException' })
    }
  })
})
