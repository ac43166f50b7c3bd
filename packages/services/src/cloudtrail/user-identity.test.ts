import { expect, test } from 'vitest'
import type { Caller } from '../context.ts'
import { callerOrigin, userIdentity, userNameOf } from './user-identity.ts'

const accountId = '111122223333'
const issuedAtMs = Date.UTC(2026, 0, 1, 8, 30, 15, 250)
const root = { kind: 'root', accountId, arn: `arn:aws:iam::${accountId}:root` } as const
const user = {
  kind: 'user',
  accountId,
  arn: `arn:aws:iam::${accountId}:user/team/Alice`,
  userId: 'AIDAALICE',
  userName: 'Alice',
} as const
const role = {
  kind: 'role-session',
  accountId,
  arn: `arn:aws:sts::${accountId}:assumed-role/Deployer/ci`,
  roleArn: `arn:aws:iam::${accountId}:role/ops/Deployer`,
  roleId: 'AROADEPLOYER',
  sessionName: 'ci',
} as const
const attributes = { creationDate: '2026-01-01T08:30:15Z', mfaAuthenticated: 'false' }
const sessionIssuer = {
  type: 'Role',
  principalId: 'AROADEPLOYER',
  arn: role.roleArn,
  accountId,
  userName: 'Deployer',
}

test.each<[string, Caller, object, string | undefined]>([
  [
    'root',
    { principal: root, accessKeyId: 'AKIAROOT' },
    { type: 'Root', principalId: accountId, arn: root.arn, accountId, accessKeyId: 'AKIAROOT' },
    'root',
  ],
  [
    'a user',
    { principal: user, accessKeyId: 'AKIAALICE' },
    {
      type: 'IAMUser',
      principalId: 'AIDAALICE',
      arn: user.arn,
      accountId,
      accessKeyId: 'AKIAALICE',
      userName: 'Alice',
    },
    'Alice',
  ],
  [
    'a user with credentials of GetSessionToken and a second factor',
    { principal: user, accessKeyId: 'ASIAALICE', tokenIssueTimeMs: issuedAtMs, mfaPresent: true },
    {
      type: 'IAMUser',
      principalId: 'AIDAALICE',
      arn: user.arn,
      accountId,
      accessKeyId: 'ASIAALICE',
      userName: 'Alice',
      sessionContext: { attributes: { ...attributes, mfaAuthenticated: 'true' } },
    },
    'Alice',
  ],
  [
    'a role session through a service',
    {
      principal: { ...role, sourceIdentity: 'alice' },
      accessKeyId: 'ASIADEPLOY',
      tokenIssueTimeMs: issuedAtMs,
      calledVia: ['cloudformation.amazonaws.com'],
      invokedBy: 'cloudformation.amazonaws.com',
    },
    {
      type: 'AssumedRole',
      principalId: 'AROADEPLOYER:ci',
      arn: role.arn,
      accountId,
      accessKeyId: 'ASIADEPLOY',
      sessionContext: { sessionIssuer, attributes, sourceIdentity: 'alice' },
      invokedBy: 'cloudformation.amazonaws.com',
    },
    'ci',
  ],
  [
    'a federated user',
    {
      principal: {
        kind: 'federated-user',
        accountId,
        arn: `arn:aws:sts::${accountId}:federated-user/guest`,
        name: 'guest',
        issuerArn: user.arn,
        issuerUserId: 'AIDAALICE',
      },
      accessKeyId: 'ASIAGUEST',
      tokenIssueTimeMs: issuedAtMs,
    },
    {
      type: 'FederatedUser',
      principalId: `${accountId}:guest`,
      arn: `arn:aws:sts::${accountId}:federated-user/guest`,
      accountId,
      accessKeyId: 'ASIAGUEST',
      sessionContext: {
        sessionIssuer: {
          type: 'IAMUser',
          principalId: 'AIDAALICE',
          arn: user.arn,
          accountId,
          userName: 'Alice',
        },
        attributes,
      },
    },
    'guest',
  ],
  [
    'a service',
    { principal: { kind: 'service', service: 'events.amazonaws.com' } },
    { type: 'AWSService', invokedBy: 'events.amazonaws.com' },
    undefined,
  ],
  [
    "someone with an identity provider's token",
    { principal: { kind: 'federated', provider: 'accounts.google.com' } },
    {
      type: 'WebIdentityUser',
      principalId: 'accounts.google.com',
      identityProvider: 'accounts.google.com',
    },
    undefined,
  ],
  [
    'nobody',
    { principal: { kind: 'anonymous' } },
    { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' },
    undefined,
  ],
])('the identity of %s', (_, caller, identity, userName) => {
  const found = userIdentity(caller, accountId)
  expect(found).toEqual(identity)
  expect(Object.keys(found)).toEqual(Object.keys(identity))
  expect(userNameOf(caller, accountId)).toBe(userName)
})

test('another account sees id and account of the caller', () => {
  const caller: Caller = { principal: role, accessKeyId: 'ASIADEPLOY' }
  expect(userIdentity(caller, '444455556666')).toEqual({
    type: 'AWSAccount',
    principalId: 'AROADEPLOYER:ci',
    accountId,
  })
  expect(userNameOf(caller, '444455556666')).toBeUndefined()
})

test('a service stands in place of address and agent', () => {
  const sourceIp = '203.0.113.9'
  expect(callerOrigin({ principal: user, sourceIp, userAgent: 'aws-cli/2' })).toEqual({
    sourceIPAddress: sourceIp,
    userAgent: 'aws-cli/2',
  })
  const service = 'cloudformation.amazonaws.com'
  expect(callerOrigin({ principal: user, sourceIp, invokedBy: service })).toEqual({
    sourceIPAddress: service,
    userAgent: service,
  })
})
