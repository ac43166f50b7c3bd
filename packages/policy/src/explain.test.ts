import { expect, test } from 'vitest'
import {
  type AuthorizationRequest,
  evaluate,
  explain,
  type PolicySet,
  principalContext,
  type RoleSessionPrincipal,
} from './index.ts'

const principal: RoleSessionPrincipal = {
  kind: 'role-session',
  accountId: '111122223333',
  arn: 'arn:aws:sts::111122223333:assumed-role/writer/s1',
  roleArn: 'arn:aws:iam::111122223333:role/writer',
  roleId: 'AROAWRITER',
  sessionName: 's1',
  sessionTags: { team: 'red' },
}
const request: AuthorizationRequest = {
  principal,
  action: 'sqs:SendMessage',
  resource: 'arn:aws:sqs:us-east-1:111122223333:orders',
  context: { ...principalContext(principal), 'aws:SecureTransport': false },
}
const policies: PolicySet = {
  identity: [
    {
      source: 'inline policy "send" of role writer',
      document: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'OwnTeam',
            Effect: 'Allow',
            Action: 'sqs:*',
            Resource: '*',
            Condition: {
              StringEquals: { 'aws:PrincipalTag/team': 'blue' },
              IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
            },
          },
          { Effect: 'Allow', Action: 's3:*', Resource: '*' },
        ],
      },
    },
  ],
  resource: {
    source: 'the policy of queue orders',
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'DenyInsecureTransport',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: 'arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:orders',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Effect: 'Allow',
          Principal: { AWS: '444455556666' },
          Action: 'sqs:SendMessage',
          Resource: '*',
        },
      ],
    },
  },
}

test('a denial is explained down to both values of each condition, with what would allow it', () => {
  expect(explain(request, evaluate(request, policies)).split('\n')).toEqual([
    'DENIED',
    'principal  arn:aws:sts::111122223333:assumed-role/writer/s1',
    'action     sqs:SendMessage',
    'resource   arn:aws:sqs:us-east-1:111122223333:orders',
    'context    aws:PrincipalAccount = "111122223333"',
    'context    aws:SecureTransport = "false"',
    'context    aws:PrincipalTag/team = "red"',
    'context    aws:SourceIp is absent',
    '',
    'resource-based policy: the policy of queue orders',
    '  ✓ statement 1 "DenyInsecureTransport" (Deny) applies: all its elements fit',
    '      ✓ aws:SecureTransport Bool "false", and the request has "false"',
    '  · statement 2 (Allow) does not apply: its Principal {"AWS":"444455556666"} does not name arn:aws:sts::111122223333:assumed-role/writer/s1',
    'identity-based policy: inline policy "send" of role writer',
    '  · statement 1 "OwnTeam" (Allow) does not apply: a condition is not met: aws:PrincipalTag/team StringEquals "blue", but the request has "red"; aws:SourceIp IpAddress "10.0.0.0/8", but the request has no such key',
    '      ✗ aws:PrincipalTag/team StringEquals "blue", but the request has "red"',
    '      ✗ aws:SourceIp IpAddress "10.0.0.0/8", but the request has no such key',
    '  · statement 2 (Allow) does not apply: its Action "s3:*" does not cover sqs:SendMessage',
    '',
    'outcome: denied by statement 1 "DenyInsecureTransport" of the policy of queue orders',
    'to allow it:',
    '  - remove or narrow statement 1 "DenyInsecureTransport" of the policy of queue orders, or avoid what it asks for: aws:SecureTransport Bool "false", and the request has "false"',
    '  - add to an identity-based policy: {"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111122223333:orders"}',
    'nearest: statement 1 "OwnTeam" of inline policy "send" of role writer would allow it, but a condition is not met: aws:PrincipalTag/team StringEquals "blue", but the request has "red"; aws:SourceIp IpAddress "10.0.0.0/8", but the request has no such key',
  ])
})

test('what is allowed is explained without advice', () => {
  const read = { ...request, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' }
  const { identity } = policies
  expect(explain(read, evaluate(read, { identity })).split('\n').slice(-2)).toEqual([
    '',
    'outcome: allowed by statement 2 of inline policy "send" of role writer',
  ])
})

test('the explanation of a root user names its right', () => {
  const root = {
    ...request,
    principal: {
      kind: 'root',
      accountId: '111122223333',
      arn: 'arn:aws:iam::111122223333:root',
    } as const,
  }
  expect(
    explain(root, evaluate(root, { identity: [] }))
      .split('\n')
      .slice(-3),
  ).toEqual([
    'no policies',
    '',
    'outcome: allowed, because the root user may do everything in its account',
  ])
})

test('the matched statements are those of simulation', () => {
  const { matched, decidedBy } = evaluate(request, policies)
  const deny = {
    policy: 'resource',
    source: 'the policy of queue orders',
    sid: 'DenyInsecureTransport',
    statementIndex: 0,
    effect: 'Deny',
  }
  expect({ matched, decidedBy }).toEqual({ matched: [deny], decidedBy: deny })
})
