import { expect, test } from 'vitest'
import {
  type AuthorizationRequest,
  denialMessage,
  evaluate,
  type PolicySet,
  type SourcedPolicy,
} from './index.ts'

const john: AuthorizationRequest['principal'] = {
  kind: 'user',
  accountId: '123456789012',
  arn: 'arn:aws:iam::123456789012:user/John',
  userId: 'AIDAJOHN',
  userName: 'John',
}

function request(action: string, resource = '*'): AuthorizationRequest {
  return { principal: john, action, resource, context: {} }
}

function policy(Effect: 'Allow' | 'Deny', Action: string, arn?: string): SourcedPolicy {
  const statement = { Effect, Action, Resource: '*', Principal: '*' } as const
  const named = arn === undefined ? {} : { arn }
  return { source: 'a policy', ...named, document: { Version: '2012-10-17', Statement: statement } }
}

const all = policy('Allow', '*')
const other = policy('Allow', 'none:None')
const user = 'User: arn:aws:iam::123456789012:user/John is not authorized to perform:'
const group = 'arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:*'

/** The examples of the IAM User Guide, "Troubleshoot access denied error messages". */
const examples: readonly (readonly [string, AuthorizationRequest, PolicySet, string])[] = [
  [
    'a service control policy that does not allow',
    request('codecommit:ListRepositories'),
    { identity: [all], serviceControl: [[other]] },
    'codecommit:ListRepositories because no service control policy allows the codecommit:ListRepositories action',
  ],
  [
    'a service control policy that denies',
    request('codecommit:ListRepositories'),
    { identity: [all], serviceControl: [[all, policy('Deny', 'codecommit:*')]] },
    'codecommit:ListRepositories with an explicit deny in a service control policy',
  ],
  [
    'a resource control policy that denies',
    request(
      'secretsmanager:GetSecretValue',
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:*',
    ),
    { identity: [all], resourceControl: [[all, policy('Deny', 'secretsmanager:*')]] },
    'secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:123456789012:secret:* with an explicit deny in a resource control policy',
  ],
  [
    'a permissions boundary that does not allow',
    request('codedeploy:ListDeployments', group),
    { identity: [all], boundary: [other] },
    `codedeploy:ListDeployments on resource: ${group} because no permissions boundary allows the codedeploy:ListDeployments action`,
  ],
  [
    'a permissions boundary that denies',
    request('sagemaker:ListModels'),
    { identity: [all], boundary: [all, policy('Deny', 'sagemaker:*')] },
    'sagemaker:ListModels with an explicit deny in a permissions boundary',
  ],
  [
    'session policies that do not allow',
    request('codecommit:ListRepositories'),
    { identity: [all], session: [other] },
    'codecommit:ListRepositories because no session policy allows the codecommit:ListRepositories action',
  ],
  [
    'session policies that deny',
    request('codedeploy:ListDeployments', group),
    { identity: [all], session: [all, policy('Deny', 'codedeploy:*')] },
    `codedeploy:ListDeployments on resource: ${group} with an explicit deny in a session policy`,
  ],
  [
    'a resource policy that has to allow and does not',
    { ...request('secretsmanager:GetSecretValue'), resourceAccountId: '999999999999' },
    { identity: [all] },
    'secretsmanager:GetSecretValue because no resource-based policy allows the secretsmanager:GetSecretValue action',
  ],
  [
    'a trust policy that does not allow',
    { ...request('sts:AssumeRole'), resourcePolicyKind: 'trust' },
    { identity: [all], resource: other },
    'sts:AssumeRole because no role trust policy allows the sts:AssumeRole action',
  ],
  [
    'a trust policy that denies',
    { ...request('sts:AssumeRole'), resourcePolicyKind: 'trust' },
    { identity: [all], resource: policy('Deny', 'sts:AssumeRole') },
    'sts:AssumeRole with an explicit deny in the role trust policy',
  ],
  [
    'an identity policy that does not allow',
    request('codecommit:ListRepositories'),
    { identity: [] },
    'codecommit:ListRepositories because no identity-based policy allows the codecommit:ListRepositories action',
  ],
  [
    'a managed policy that denies, with its ARN',
    request('codedeploy:ListDeployments', group),
    { identity: [policy('Deny', '*', 'arn:aws:iam::123456789012:policy/NoDeploy')] },
    `codedeploy:ListDeployments on resource: ${group} with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/NoDeploy`,
  ],
]

for (const [name, subject, policies, text] of examples) {
  test(`the message names ${name}`, () => {
    const wording = subject.resource === '*' ? { resource: null } : {}
    const decision = evaluate(subject, policies)
    expect(denialMessage(subject, decision, wording)).toBe(`${user} ${text}`)
  })
}

test('services word action and resource in their own way, or give no reason', () => {
  const subject = request('sns:Publish', 'arn:aws:sns:us-east-1:123456789012:t')
  const decision = evaluate(subject, { identity: [] })
  expect(denialMessage(subject, decision, { action: 'SNS:Publish' })).toBe(
    `${user} SNS:Publish on resource: arn:aws:sns:us-east-1:123456789012:t because no identity-based policy allows the SNS:Publish action`,
  )
  expect(denialMessage(subject, decision, { resource: 'user Bob', reason: false })).toBe(
    `${user} sns:Publish on resource: user Bob`,
  )
})
