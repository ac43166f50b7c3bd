import { isRecord } from './elements.ts'
import type { RecordedCall } from './recorded-call.ts'

/** A resource that an event refers to, as `LookupEvents` lists it. */
export interface EventResource {
  readonly type: string
  readonly name: string
}

interface Naming {
  /** Member of the request or of the answer; a dot leads into a structure. */
  readonly member: string
  readonly type: string
  /** Only for operations whose name matches, where the member means different things. */
  readonly operations?: RegExp
}

/**
 * Which members name resources, per service, in the order in which they are listed.
 * Source: CloudTrail User Guide, "Resource types supported by event history".
 */
const namings: Readonly<Record<string, readonly Naming[]>> = {
  cloudformation: [
    { member: 'StackId', type: 'AWS::CloudFormation::Stack' },
    { member: 'StackName', type: 'AWS::CloudFormation::Stack' },
  ],
  events: [
    { member: 'RuleArn', type: 'AWS::Events::Rule' },
    { member: 'Name', type: 'AWS::Events::Rule', operations: /Rule$/ },
    { member: 'Rule', type: 'AWS::Events::Rule' },
    { member: 'EventBusName', type: 'AWS::Events::EventBus' },
    { member: 'Name', type: 'AWS::Events::EventBus', operations: /EventBus$/ },
  ],
  iam: [
    { member: 'AccessKey.AccessKeyId', type: 'AWS::IAM::AccessKey' },
    { member: 'AccessKeyId', type: 'AWS::IAM::AccessKey' },
    { member: 'GroupName', type: 'AWS::IAM::Group' },
    { member: 'Group.GroupId', type: 'AWS::IAM::Group' },
    { member: 'Group.Arn', type: 'AWS::IAM::Group' },
    { member: 'InstanceProfileName', type: 'AWS::IAM::InstanceProfile' },
    { member: 'InstanceProfile.Arn', type: 'AWS::IAM::InstanceProfile' },
    { member: 'PolicyArn', type: 'AWS::IAM::Policy' },
    { member: 'Policy.Arn', type: 'AWS::IAM::Policy' },
    { member: 'RoleName', type: 'AWS::IAM::Role' },
    { member: 'Role.RoleId', type: 'AWS::IAM::Role' },
    { member: 'Role.Arn', type: 'AWS::IAM::Role' },
    { member: 'UserName', type: 'AWS::IAM::User' },
    { member: 'User.UserId', type: 'AWS::IAM::User' },
    { member: 'User.Arn', type: 'AWS::IAM::User' },
  ],
  kms: [
    { member: 'KeyMetadata.Arn', type: 'AWS::KMS::Key' },
    { member: 'KeyId', type: 'AWS::KMS::Key' },
    { member: 'TargetKeyId', type: 'AWS::KMS::Key' },
    { member: 'AliasName', type: 'AWS::KMS::Alias' },
  ],
  logs: [
    { member: 'logGroupName', type: 'AWS::Logs::LogGroup' },
    { member: 'logStreamName', type: 'AWS::Logs::LogStream' },
  ],
  s3: [{ member: 'Bucket', type: 'AWS::S3::Bucket' }],
  sns: [
    { member: 'TopicArn', type: 'AWS::SNS::Topic' },
    { member: 'Name', type: 'AWS::SNS::Topic', operations: /^CreateTopic$/ },
    { member: 'SubscriptionArn', type: 'AWS::SNS::Subscription' },
  ],
  sqs: [
    { member: 'QueueUrl', type: 'AWS::SQS::Queue' },
    { member: 'QueueName', type: 'AWS::SQS::Queue' },
  ],
  ssm: [
    { member: 'Name', type: 'AWS::SSM::Parameter', operations: /Parameter/ },
    { member: 'Names', type: 'AWS::SSM::Parameter', operations: /Parameter/ },
    { member: 'OpsItemId', type: 'AWS::SSM::OpsItem' },
  ],
  // Recorded: LookupEvents, AssumeRole, December 2023.
  sts: [
    { member: 'Credentials.AccessKeyId', type: 'AWS::IAM::AccessKey' },
    { member: 'AssumedRoleUser.Arn', type: 'AWS::STS::AssumedRole' },
    { member: 'AssumedRoleUser.AssumedRoleId', type: 'AWS::STS::AssumedRole' },
    { member: 'RoleSessionName', type: 'AWS::STS::AssumedRole' },
    { member: 'RoleArn', type: 'AWS::IAM::Role' },
  ],
}

/** The resources of an event, for its list and for the attributes `ResourceType` and `ResourceName`. */
export function resourcesOf(call: RecordedCall): readonly EventResource[] {
  const found: EventResource[] = []
  for (const { member, type, operations } of namings[call.service] ?? []) {
    if (operations !== undefined && !operations.test(call.operation.name)) continue
    for (const name of [...namesAt(call.input, member), ...namesAt(call.output, member)]) {
      if (!found.some((other) => other.type === type && other.name === name)) {
        found.push({ type, name })
      }
    }
  }
  return found
}

/** Text at a path, or a list of texts; nothing where there is none. */
function namesAt(value: unknown, path: string): readonly string[] {
  let at = value
  for (const name of path.split('.')) at = isRecord(at) ? at[name] : undefined
  if (typeof at === 'string') return [at]
  return Array.isArray(at) ? at.filter((item) => typeof item === 'string') : []
}

/** `resources` of the record: few services write them. */
export function recordResources(
  call: RecordedCall,
): readonly Readonly<Record<string, string>>[] | undefined {
  const { service, input, ownerAccountId: accountId, operation } = call
  const bucket = input['Bucket']
  if (service === 's3' && typeof bucket === 'string') {
    return [{ accountId, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` }]
  }
  const role = input['RoleArn']
  if (service === 'sts' && /^AssumeRole/.test(operation.name) && typeof role === 'string') {
    return [{ accountId, type: 'AWS::IAM::Role', ARN: role }]
  }
  const [key] = service === 'kms' ? keyArnsOf(call) : []
  return key === undefined ? undefined : [{ accountId, type: 'AWS::KMS::Key', ARN: key }]
}

/** The key that a call of KMS was judged on, or made. */
function keyArnsOf({ resourceArn = '', output }: RecordedCall): string[] {
  return [resourceArn, ...namesAt(output, 'KeyMetadata.Arn')].filter((arn) => arn.includes(':key/'))
}
