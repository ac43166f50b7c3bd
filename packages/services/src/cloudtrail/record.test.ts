import { loadServiceModel } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import type { CallData, Caller } from '../context.ts'
import { eventRecord } from './record.ts'
import { type RecordedCall, recordedCall } from './recorded-call.ts'
import { resourcesOf } from './resources.ts'

const account = '111122223333'
const other = '444455556666'
const alice: Caller = {
  principal: {
    kind: 'user',
    accountId: account,
    arn: `arn:aws:iam::${account}:user/Alice`,
    userId: 'AIDAALICEALICEALICEAL',
    userName: 'Alice',
  },
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  sourceIp: '203.0.113.9',
  userAgent: 'aws-cli/2',
}

interface Made extends Partial<CallData> {
  readonly decisions?: readonly { readonly resource: string }[]
  readonly region?: string
}

/** A call as the request path leaves it in the journal. */
function journaled(
  name: string,
  { region = 'eu-west-1', ...made }: Made,
): RecordedCall | undefined {
  return recordedCall({
    sequence: 7,
    atMs: Date.UTC(2026, 2, 20, 23, 16, 9, 500),
    kind: 'call',
    name,
    accountId: account,
    region,
    data: { requestId: 'request-1', caller: alice, input: {}, provenance: 'modelled', ...made },
  })
}

function record(name: string, made: Made, recipient = account): Record<string, unknown> {
  const call = journaled(name, made)
  if (call === undefined) throw new Error(`${name} leaves no event`)
  return eventRecord(call, recipient)
}

const assumeRole = {
  input: { RoleArn: `arn:aws:iam::${other}:role/app/Auditor`, RoleSessionName: 'audit' },
  output: {
    Credentials: {
      AccessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      SecretAccessKey: 'must not be seen',
      SessionToken: 'token',
      Expiration: Date.UTC(2026, 2, 21, 0, 16, 9),
    },
    AssumedRoleUser: {
      AssumedRoleId: 'AROAAUDITORAUDITORAUD:audit',
      Arn: `arn:aws:sts::${other}:assumed-role/Auditor/audit`,
    },
  },
  decisions: [{ resource: `arn:aws:iam::${other}:role/app/Auditor` }],
}

test('AssumeRole reads, and yet shows whom it gave credentials to, without the secret', () => {
  expect(record('sts.AssumeRole', assumeRole)).toMatchObject({
    readOnly: true,
    requestParameters: {
      roleArn: `arn:aws:iam::${other}:role/app/Auditor`,
      roleSessionName: 'audit',
    },
    responseElements: {
      credentials: {
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        sessionToken: 'token',
        expiration: 'Mar 21, 2026, 12:16:09 AM',
      },
      assumedRoleUser: {
        assumedRoleId: 'AROAAUDITORAUDITORAUD:audit',
        arn: `arn:aws:sts::${other}:assumed-role/Auditor/audit`,
      },
    },
    resources: [
      { accountId: other, type: 'AWS::IAM::Role', ARN: `arn:aws:iam::${other}:role/app/Auditor` },
    ],
  })
  expect(JSON.stringify(record('sts.AssumeRole', assumeRole))).not.toContain('must not be seen')
})

test('a role of another account makes one event in each, of which the other learns only the id', () => {
  const own = record('sts.AssumeRole', assumeRole)
  const theirs = record('sts.AssumeRole', assumeRole, other)
  expect(theirs['userIdentity']).toEqual({
    type: 'AWSAccount',
    principalId: 'AIDAALICEALICEALICEAL',
    accountId: account,
  })
  expect(theirs['recipientAccountId']).toBe(other)
  expect(theirs['sharedEventID']).toBe(own['sharedEventID'])
  expect(theirs['eventID']).not.toBe(own['eventID'])
})

test('AssumeRole refers to the key, the session by three names, and the role', () => {
  const call = journaled('sts.AssumeRole', assumeRole)
  expect(call === undefined ? [] : resourcesOf(call)).toEqual([
    { type: 'AWS::IAM::AccessKey', name: 'ASIAIOSFODNN7EXAMPLE' },
    { type: 'AWS::STS::AssumedRole', name: `arn:aws:sts::${other}:assumed-role/Auditor/audit` },
    { type: 'AWS::STS::AssumedRole', name: 'AROAAUDITORAUDITORAUD:audit' },
    { type: 'AWS::STS::AssumedRole', name: 'audit' },
    { type: 'AWS::IAM::Role', name: `arn:aws:iam::${other}:role/app/Auditor` },
  ])
})

test('IAM is recorded in us-east-1 wherever it was called from, and leaves secrets out', () => {
  const made = {
    input: { UserName: 'Bob' },
    output: {
      AccessKey: {
        UserName: 'Bob',
        AccessKeyId: 'AKIAI44QH8DHBEXAMPLE',
        Status: 'Active',
        SecretAccessKey: 'must not be seen',
        CreateDate: Date.UTC(2026, 0, 2, 12, 0, 5),
      },
    },
  }
  expect(record('iam.CreateAccessKey', made)).toMatchObject({
    awsRegion: 'us-east-1',
    eventSource: 'iam.amazonaws.com',
    responseElements: {
      accessKey: {
        userName: 'Bob',
        accessKeyId: 'AKIAI44QH8DHBEXAMPLE',
        status: 'Active',
        createDate: 'Jan 2, 2026, 12:00:05 PM',
      },
    },
  })
  expect(JSON.stringify(record('iam.CreateAccessKey', made))).not.toContain('must not be seen')
  const password = { input: { UserName: 'Bob', Password: 'secret', PasswordResetRequired: true } }
  expect(record('iam.CreateLoginProfile', password)['requestParameters']).toEqual({
    userName: 'Bob',
    passwordResetRequired: true,
  })
})

test('the value of a parameter is hidden', () => {
  const made = { input: { Name: '/db/password', Value: 'secret', Type: 'SecureString' } }
  expect(record('ssm.PutParameter', made)['requestParameters']).toEqual({
    name: '/db/password',
    value: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    type: 'SecureString',
  })
})

test('S3 records the request as it came over HTTP, under its own names', () => {
  const policy = { Version: '2012-10-17', Statement: [] }
  const made = { input: { Bucket: 'photos', Policy: JSON.stringify(policy) }, output: {} }
  expect(record('s3.PutBucketPolicy', made)).toMatchObject({
    requestParameters: {
      bucketName: 'photos',
      Host: 'photos.s3.eu-west-1.amazonaws.com',
      policy: '',
      bucketPolicy: policy,
    },
    responseElements: null,
    resources: [{ accountId: account, type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::photos' }],
  })
  const configuration = { LocationConstraint: 'eu-west-1' }
  const created = {
    input: { Bucket: 'photos', ACL: 'private', CreateBucketConfiguration: configuration },
  }
  expect(record('s3.CreateBucket', created)['requestParameters']).toEqual({
    bucketName: 'photos',
    Host: 'photos.s3.eu-west-1.amazonaws.com',
    'x-amz-acl': 'private',
    CreateBucketConfiguration: configuration,
  })
  expect(record('s3.PutPublicAccessBlock', { input: { Bucket: 'photos' } })['eventName']).toBe(
    'PutBucketPublicAccessBlock',
  )
})

test('a request without parameters has null in their place', () => {
  expect(
    record('sts.GetCallerIdentity', { input: {}, output: { Account: account } }),
  ).toMatchObject({
    requestParameters: null,
    responseElements: null,
  })
})

test('parameters beyond a hundred kilobytes are left out with their size', () => {
  const made = { input: { StackName: 'app', TemplateBody: 'x'.repeat(102_400) } }
  expect(record('cloudformation.CreateStack', made)['requestParameters']).toEqual({
    omitted: true,
    originalSize: 102_437,
    reason: 'requestParameters too large',
  })
})

test('a denied request shows nothing of what it asked, whatever the protocol calls the denial', () => {
  const error = { code: 'AccessDeniedException', message: 'No.', status: 400 }
  expect(record('ssm.GetParameter', { input: { Name: 'p' }, error })).toMatchObject({
    errorCode: 'AccessDenied',
    errorMessage: 'No.',
    requestParameters: null,
    responseElements: null,
  })
})

test.each([
  ['sqs.SendMessage'],
  ['sqs.ReceiveMessage'],
  ['s3.PutObject'],
  ['s3.GetObject'],
  ['sns.Publish'],
  ['events.PutEvents'],
  ['logs.PutLogEvents'],
])('%s is a data event, which event history does not hold', (name) => {
  expect(journaled(name, { input: {} })).toBeUndefined()
})

test('what a service says of its operation counts before the verb', () => {
  expect(journaled('iam.GenerateCredentialReport', { trail: { kind: 'unlogged' } })).toBeUndefined()
  expect(record('iam.GenerateCredentialReport', { trail: { readOnly: true } })['readOnly']).toBe(
    true,
  )
})

test('a queue of another account makes an event in both accounts', () => {
  const scope = { accountId: other, region: 'eu-west-1' }
  const call = journaled('sqs.SetQueueAttributes', { scope })
  expect([call?.callerAccountId, call?.ownerAccountId]).toEqual([account, other])
})

test('what the model refuses because it is not built is no event', () => {
  expect(journaled('sqs.CreateQueue', { input: {}, provenance: 'refused' })).toBeUndefined()
})

test.each([
  [
    'sqs',
    'CreateQueue',
    { QueueName: 'jobs' },
    { QueueUrl: 'https://sqs/1/jobs' },
    'AWS::SQS::Queue',
    ['https://sqs/1/jobs', 'jobs'],
  ],
  ['ssm', 'GetParameters', { Names: ['/a', '/b'] }, {}, 'AWS::SSM::Parameter', ['/a', '/b']],
  ['events', 'PutRule', { Name: 'nightly' }, {}, 'AWS::Events::Rule', ['nightly']],
  ['events', 'CreateEventBus', { Name: 'orders' }, {}, 'AWS::Events::EventBus', ['orders']],
  [
    'iam',
    'CreateUser',
    { UserName: 'Bob' },
    { User: { UserId: 'AIDABOB', Arn: 'arn:bob' } },
    'AWS::IAM::User',
    ['Bob', 'AIDABOB', 'arn:bob'],
  ],
])('%s %s refers to its resources', (service, operation, input, output, type, names) => {
  expect(loadServiceModel(service).operations[operation]).toBeDefined()
  const call = journaled(`${service}.${operation}`, { input, output })
  expect(call === undefined ? [] : resourcesOf(call)).toEqual(names.map((name) => ({ type, name })))
})
