import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  GetContextKeysForCustomPolicyCommand,
  GetContextKeysForPrincipalPolicyCommand,
  PutRolePermissionsBoundaryCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import {
  accountId,
  allow,
  identityCloud,
  policy,
  refusal,
  trust,
} from './principals.test-support.ts'

const roleArn = `arn:aws:iam::${accountId}:role/R`

test('a deny is all that is shown of what matched', async () => {
  const { iam } = identityCloud()
  const document = policy([
    { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    { Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' },
  ])
  const { EvaluationResults } = await iam.send(
    new SimulateCustomPolicyCommand({
      PolicyInputList: [document],
      ActionNames: ['s3:DeleteObject'],
    }),
  )
  expect(EvaluationResults).toEqual([
    {
      EvalActionName: 's3:DeleteObject',
      EvalDecision: 'explicitDeny',
      EvalDecisionDetails: {},
      EvalResourceName: '*',
      MatchedStatements: [
        {
          SourcePolicyId: 'PolicyInputList.1',
          SourcePolicyType: 'IAM Policy',
          StartPosition: { Line: 1, Column: document.indexOf('{"Effect":"Deny') + 2 },
          EndPosition: { Line: 1, Column: document.lastIndexOf('}]') + 2 },
        },
      ],
      MissingContextValues: [],
    },
  ])
})

test('keys that a policy asks for and the call does not give are named', async () => {
  const { iam } = identityCloud()
  const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }
  const simulate = async (address?: string) => {
    const { EvaluationResults } = await iam.send(
      new SimulateCustomPolicyCommand({
        PolicyInputList: [allow('sqs:*', '*', { Condition })],
        ActionNames: ['sqs:SendMessage'],
        ...(address === undefined
          ? {}
          : {
              ContextEntries: [
                {
                  ContextKeyName: 'aws:SourceIp',
                  ContextKeyType: 'ip',
                  ContextKeyValues: [address],
                },
              ],
            }),
      }),
    )
    const [result] = EvaluationResults ?? []
    return [result?.EvalDecision, result?.MissingContextValues]
  }
  expect(await simulate()).toEqual(['implicitDeny', ['aws:SourceIp']])
  expect(await simulate('10.1.2.3')).toEqual(['allowed', []])
  expect(await simulate('192.0.2.1')).toEqual(['implicitDeny', []])
})

test('a boundary and an organization are told apart', async () => {
  const { iam } = identityCloud()
  const { EvaluationResults } = await iam.send(
    new SimulateCustomPolicyCommand({
      PolicyInputList: [allow('*')],
      PermissionsBoundaryPolicyInputList: [allow('sqs:*')],
      OrderedOrganizationPolicyInputList: [{ ServiceControlPolicyInputList: [allow('*')] }],
      ActionNames: ['sqs:SendMessage', 'sns:Publish'],
    }),
  )
  const shown = EvaluationResults?.map((result) => [
    result.EvalDecision,
    result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
    result.OrganizationsDecisionDetail?.AllowedByOrganizations,
  ])
  expect(shown).toEqual([
    ['allowed', true, true],
    ['implicitDeny', false, true],
  ])
})

test('a role is simulated with its boundary, and results come in pages', async () => {
  const { iam, role } = identityCloud()
  await role('R', trust(), allow('*'))
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/AmazonSQSFullAccess'
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'R', PermissionsBoundary }))
  const page = (Marker?: string) =>
    iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: roleArn,
        ActionNames: ['sqs:SendMessage', 'sns:Publish'],
        MaxItems: 1,
        Marker,
      }),
    )
  const first = await page()
  const second = await page(first.Marker)
  const [one, two] = [first, second].map(({ EvaluationResults }) => EvaluationResults?.[0])
  expect([one?.EvalActionName, one?.EvalDecision]).toEqual(['sqs:SendMessage', 'allowed'])
  expect(one?.MatchedStatements?.[0]?.SourcePolicyId).toBe('role_R_own')
  expect([two?.EvalActionName, two?.EvalDecision]).toEqual(['sns:Publish', 'implicitDeny'])
  expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false])
})

test('only users, groups and roles can be simulated', async () => {
  const { iam } = identityCloud()
  const PolicySourceArn = `arn:aws:iam::${accountId}:policy/P`
  const call = new SimulatePrincipalPolicyCommand({
    PolicySourceArn,
    ActionNames: ['s3:GetObject'],
  })
  expect(await refusal(iam.send(call))).toEqual({
    code: 'InvalidInput',
    message: `Invalid Entity Arn: ${PolicySourceArn} does not clearly define entity type and name.`,
  })
})

test('the keys that policies ask for are listed, those of variables too', async () => {
  const { iam, role } = identityCloud()
  const Condition = { StringEquals: { 's3:prefix': 'home' } }
  const home = allow('s3:ListBucket', `arn:aws:s3:::\${aws:username}`, { Condition })
  const custom = new GetContextKeysForCustomPolicyCommand({ PolicyInputList: [home] })
  expect((await iam.send(custom)).ContextKeyNames).toEqual(['aws:username', 's3:prefix'])
  await role('R', trust(), allow('s3:*', '*', { Condition }))
  const { Policy } = await iam.send(
    new CreatePolicyCommand({
      PolicyName: 'P',
      PolicyDocument: allow('a:b', '*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    }),
  )
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'R', PolicyArn: Policy?.Arn }))
  const { ContextKeyNames } = await iam.send(
    new GetContextKeysForPrincipalPolicyCommand({ PolicySourceArn: roleArn }),
  )
  expect(ContextKeyNames).toEqual(['s3:prefix', 'aws:SecureTransport'])
})
