/**
 * What one authorization decision costs: microseconds an evaluation, over batches of which the
 * median and the best are printed. Run: node bench/policy.ts, compiled.
 */
import {
  type AuthorizationRequest,
  evaluate,
  type PolicyDocument,
  type PolicySet,
  principalContext,
  type UserPrincipal,
} from '@cloud-orrery/policy'
import { median, printTable, type Row } from './table.ts'

const principal: UserPrincipal = {
  kind: 'user',
  accountId: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/Ana',
  userId: 'AIDAANAEXAMPLE000001',
  userName: 'Ana',
  tags: { team: 'blue' },
}

/** Five statements of the usual kinds. */
const document: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['s3:Get*', 's3:List*'],
      Resource: ['arn:aws:s3:::amzn-s3-demo-bucket', 'arn:aws:s3:::amzn-s3-demo-bucket/*'],
    },
    {
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: 'arn:aws:sqs:us-east-1:111122223333:${aws:username}-*',
      Condition: { StringEquals: { 'aws:PrincipalTag/team': ['red', 'blue'] } },
    },
    { Effect: 'Allow', Action: ['ec2:Describe*', 'logs:Get*'], Resource: '*' },
    {
      Effect: 'Deny',
      Action: 'iam:*',
      Resource: '*',
      Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
    },
    {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      Resource: 'arn:aws:dynamodb:*:*:table/Books',
    },
  ],
}

const policies: PolicySet = { identity: [{ source: 'inline policy "work" of user Ana', document }] }

function request(action: string, resource: string): AuthorizationRequest {
  const context = {
    ...principalContext(principal),
    'aws:SourceIp': '203.0.113.9',
    'aws:SecureTransport': true,
    'aws:CurrentTime': '2026-01-01T00:00:00Z',
    'aws:RequestedRegion': 'us-east-1',
  }
  return { principal, action, resource, context }
}

const workloads = {
  'allowed, no condition': request(
    'dynamodb:PutItem',
    'arn:aws:dynamodb:us-east-1:111122223333:table/Books',
  ),
  'allowed, variable and condition': request(
    'sqs:SendMessage',
    'arn:aws:sqs:us-east-1:111122223333:Ana-jobs',
  ),
  'explicitly denied': request('iam:CreateUser', 'arn:aws:iam::111122223333:user/Mary'),
  'implicitly denied': request('kms:Decrypt', 'arn:aws:kms:us-east-1:111122223333:key/k'),
}

const batchSize = 2_000
const batches = 100

const targetUs = 10

const rows = Object.entries(workloads).map(([name, subject]): Row => {
  const costsUs: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    const startedMs = performance.now()
    for (let i = 0; i < batchSize; i++) evaluate(subject, policies)
    costsUs.push(((performance.now() - startedMs) * 1000) / batchSize)
  }
  const us = median(costsUs)
  return {
    what: `an evaluation of five statements: ${name}`,
    value: `${us.toFixed(2)} µs (best ${Math.min(...costsUs).toFixed(2)})`,
    target: `<= ${targetUs} µs`,
    ok: us <= targetUs,
  }
})
printTable('Policy', rows)
