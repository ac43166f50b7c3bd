import { isDeepStrictEqual } from 'node:util'
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import type { JournalEntry } from '@cloud-orrery/kernel'
import { expect, test } from 'vitest'

const StackName = 's'
const Capabilities = ['CAPABILITY_NAMED_IAM' as const]

/** One stack of every service, at two points of its life: what changes in place, what is replaced, what comes and goes. */
function template(v: 1 | 2): string {
  const since = (resource: object) => (v === 2 ? resource : undefined)
  const until = (resource: object) => (v === 1 ? resource : undefined)
  const att = (of: string, name = 'Arn') => ({ 'Fn::GetAtt': [of, name] })
  const Tags = [{ Key: 'v', Value: `${v}` }]
  const Resources = {
    Dead: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 60 * v, Tags } },
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 10 * v,
        RedrivePolicy: { deadLetterTargetArn: att('Dead'), maxReceiveCount: v },
      },
    },
    Renamed: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `named-${v}` } },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: policy(att('Queue'), v) },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: `v${v}`, Tags } },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'sqs',
        Endpoint: att('Queue'),
        FilterPolicy: { v: [v] },
        RawMessageDelivery: v === 2,
      },
    },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        Tags,
        VersioningConfiguration: { Status: v === 1 ? 'Suspended' : 'Enabled' },
        PublicAccessBlockConfiguration: { BlockPublicAcls: v === 1, BlockPublicPolicy: true },
        OwnershipControls: {
          Rules: [{ ObjectOwnership: v === 1 ? 'ObjectWriter' : 'BucketOwnerEnforced' }],
        },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: v === 2 } },
      },
    },
    BucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: denial(att('Bucket'), v) },
    },
    Group: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: v === 1 ? 7 : 30, Tags } },
    Parameter: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Value: `v${v}`, Description: `of ${v}`, Tags: { v: `${v}` } },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust,
        Description: `v${v}`,
        MaxSessionDuration: 3600 * v,
        Policies: [{ PolicyName: `p${v}`, PolicyDocument: allowance(v) }],
        Tags,
      },
    },
    Managed: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { PolicyDocument: allowance(v), Roles: [{ Ref: 'Role' }] },
    },
    Thin: {
      Type: 'AWS::SQS::Queue',
      Properties: v === 1 ? { DelaySeconds: 9, Tags } : {},
    },
    ThinTopic: {
      Type: 'AWS::SNS::Topic',
      Properties: v === 1 ? { DisplayName: 'thin', TracingConfig: 'Active', Tags } : {},
    },
    ThinGroup: {
      Type: 'AWS::Logs::LogGroup',
      Properties: v === 1 ? { RetentionInDays: 1, Tags } : {},
    },
    ThinRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust,
        ...(v === 1
          ? { PermissionsBoundary: readOnly, ManagedPolicyArns: [readOnly], Tags }
          : { Policies: [{ PolicyName: 'thin', PolicyDocument: allowance(1) }] }),
      },
    },
    Profile: {
      Type: 'AWS::IAM::InstanceProfile',
      Properties: { Roles: [{ Ref: v === 1 ? 'Role' : 'ThinRole' }] },
    },
    People: { Type: 'AWS::IAM::Group', Properties: { GroupName: 'people' } },
    User: {
      Type: 'AWS::IAM::User',
      Properties:
        v === 1
          ? { Groups: [{ Ref: 'People' }], ManagedPolicyArns: [readOnly], Tags }
          : { LoginProfile: { Password: 'correct-Horse-7' } },
    },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: `bus-${v}`, Tags } },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: `v${v}`,
        EventPattern: { source: [`s${v}`] },
        State: v === 1 ? 'ENABLED' : 'DISABLED',
        Targets: [
          { Id: `t${v}`, Arn: att('Queue') },
          { Id: 'kept', Arn: att('Queue'), Input: `"${v}"` },
          ...(v === 1 ? [{ Id: 'gone', Arn: att('Dead') }] : []),
        ],
      },
    },
    Gone: until({ Type: 'AWS::SQS::Queue', Properties: { QueueName: 'gone' } }),
    Come: since({ Type: 'AWS::SNS::Topic', Properties: { TopicName: 'come' } }),
  }
  return JSON.stringify({ Resources, Outputs: { V: { Value: `${v}` } } })
}

const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
}

function policy(Resource: object, v: number): object {
  const Action = v === 1 ? 'sqs:SendMessage' : 'sqs:*'
  const Principal = { Service: 'sns.amazonaws.com' }
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action, Resource }],
  }
}

function denial(Resource: object, v: number): object {
  const Condition = { NumericLessThan: { 's3:TlsVersion': `1.${v}` } }
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource, Condition }],
  }
}

function allowance(v: number): object {
  const Action = v === 1 ? 's3:GetObject' : 's3:PutObject'
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }
}

/** What tells of the way there rather than of what is there: moments and numbers. */
const history = /(AtMs|versionId|versionNumber|modified\w*|lastUsed\w*|sequence|^version)$/i
const historyTables =
  /^cloudformation\.|^ssm\.parameter-?versions|^iam\.(last-?use|service-?use)|^sqs\.(deleted|counts)/i

/** Everything that is there but the engine's own records. Of a policy's versions the one that holds. */
function world(cloud: Cloud): unknown {
  const tables = Object.entries(cloud.kernel.store.export()).filter(
    ([name]) => !historyTables.test(name),
  )
  const kept = (key: string, value: unknown): unknown => {
    if (history.test(key)) return undefined
    // A default of SNS that was put is no other than one that was not.
    if (value === '' || value === 'PassThrough') return undefined
    if (typeof value !== 'object' || value === null || !('defaultVersionId' in value)) return value
    const policy = value as unknown as { versions: { versionId: string; text: string }[] } // IAM's.
    const holds = policy.versions.find(({ versionId }) => versionId === value.defaultVersionId)
    return { ...policy, versions: holds?.text }
  }
  return JSON.parse(JSON.stringify(Object.fromEntries(tables), kept))
}

async function statusOf(cloud: Cloud): Promise<string> {
  const { Stacks = [] } = await client(cloud, CloudFormationClient).send(
    new DescribeStacksCommand({ StackName }),
  )
  return Stacks[0]?.StackStatus ?? ''
}

/** Updates the stack in a fork; the call of the engine with this number fails. */
async function updateWithFailure(base: Cloud, TemplateBody: string, number: number) {
  const cloud = base.fork()
  const calls: string[] = []
  const stop = cloud.kernel.journal.subscribe((entry: JournalEntry) => {
    if (entry.kind !== 'call' || entry.entered) return
    calls.push(entry.name)
    if (calls.length !== number - 1) return
    const effect = { kind: 'error', code: 'AccessDenied', status: 403, message: 'struck' } as const
    cloud.armFault('*', effect, { times: 1, match: { door: 'internal' } })
  })
  const cfn = client(cloud, CloudFormationClient)
  await cfn.send(new UpdateStackCommand({ StackName, Capabilities, TemplateBody }))
  await cloud.advance({ hours: 2 })
  stop()
  return { calls, status: await statusOf(cloud), world: world(cloud), inventory: cloud.inventory() }
}

async function created(TemplateBody: string): Promise<Cloud> {
  const cloud = createCloud({ deepFreeze: true })
  await client(cloud, CloudFormationClient).send(
    new CreateStackCommand({ StackName, Capabilities, TemplateBody }),
  )
  await cloud.advance({ hours: 1 })
  return cloud
}

test.each([
  [1, 2],
  [2, 1],
] as const)(
  'whichever call of an update fails, the rollback leaves everything as it was (%i to %i)',
  async (from, to) => {
    const base = await created(template(from))
    expect(await statusOf(base)).toBe('CREATE_COMPLETE')
    const before = { world: world(base), inventory: base.inventory() }
    const { calls, status } = await updateWithFailure(base, template(to), -1)
    expect(status).toBe('UPDATE_COMPLETE')
    const wrong: object[] = []
    let rollbacks = 0
    for (let number = 2; number <= calls.length; number += 1) {
      const after = await updateWithFailure(base, template(to), number)
      // What fails while old resources are cleaned up does not fail the update.
      if (after.status === 'UPDATE_COMPLETE') continue
      rollbacks += 1
      const failed = { call: `${number} ${calls[number - 1]}`, status: after.status }
      if (after.status !== 'UPDATE_ROLLBACK_COMPLETE') wrong.push(failed)
      else if (!isDeepStrictEqual([after.world, after.inventory], [before.world, before.inventory]))
        wrong.push({ ...failed, differences: differences(before.world, after.world) })
    }
    expect(wrong).toEqual([])
    expect(rollbacks).toBeGreaterThan(40)
  },
  60_000,
)

/** Paths at which two worlds differ. */
function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isDeepStrictEqual(before, after)) return []
  const [one, other] = [Object(before) as object, Object(after) as object]
  if (typeof before !== 'object' || typeof after !== 'object') {
    return [`${path}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`]
  }
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return keys.flatMap((key) =>
    differences(Reflect.get(one, key), Reflect.get(other, key), `${path}/${key}`),
  )
}
