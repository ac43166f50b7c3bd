import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CognitoIdentityProviderClient,
  DescribeResourceServerCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  DescribeUserPoolDomainCommand,
  GetUserPoolMfaConfigCommand,
  ListUserPoolsCommand,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

type Template = Record<string, { Type: string; Properties: Record<string, unknown> }>

const UserPoolId = { Ref: 'Pool' }

const resources: Template = {
  Pool: {
    Type: 'AWS::Cognito::UserPool',
    Properties: {
      UserPoolName: 'people',
      AutoVerifiedAttributes: ['email'],
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      Schema: [{ Name: 'tenant', AttributeDataType: 'String', Mutable: true }],
      UserPoolTags: { team: 'a' },
    },
  },
  Client: {
    Type: 'AWS::Cognito::UserPoolClient',
    Properties: {
      UserPoolId,
      GenerateSecret: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', { 'Fn::Sub': '${Server}/read' }],
      AllowedOAuthFlowsUserPoolClient: true,
      CallbackURLs: ['https://app.example.com/callback'],
      SupportedIdentityProviders: ['COGNITO'],
    },
  },
  Server: {
    Type: 'AWS::Cognito::UserPoolResourceServer',
    Properties: {
      UserPoolId,
      Identifier: 'https://api.example.com',
      Name: 'api',
      Scopes: [{ ScopeName: 'read', ScopeDescription: 'to read' }],
    },
  },
  Domain: {
    Type: 'AWS::Cognito::UserPoolDomain',
    Properties: { UserPoolId, Domain: 'people-of-the-test' },
  },
  Group: {
    Type: 'AWS::Cognito::UserPoolGroup',
    Properties: { UserPoolId, GroupName: 'admin', Precedence: 1 },
  },
  User: {
    Type: 'AWS::Cognito::UserPoolUser',
    Properties: {
      UserPoolId,
      Username: 'ann',
      UserAttributes: [{ Name: 'email', Value: 'ann@example.com' }],
    },
  },
  Membership: {
    Type: 'AWS::Cognito::UserPoolUserToGroupAttachment',
    Properties: { UserPoolId, GroupName: { Ref: 'Group' }, Username: { Ref: 'User' } },
  },
  Provider: {
    Type: 'AWS::Cognito::UserPoolIdentityProvider',
    Properties: {
      UserPoolId,
      ProviderName: 'Partner',
      ProviderType: 'OIDC',
      ProviderDetails: {
        client_id: 'x',
        attributes_request_method: 'GET',
        authorize_scopes: 'openid',
        oidc_issuer: 'https://partner.example.com',
      },
    },
  },
}

const Outputs = {
  Pool: { Value: { Ref: 'Pool' } },
  Client: { Value: { Ref: 'Client' } },
  Secret: { Value: { 'Fn::GetAtt': ['Client', 'ClientSecret'] } },
  Url: { Value: { 'Fn::GetAtt': ['Pool', 'ProviderURL'] } },
  Domain: { Value: { Ref: 'Domain' } },
}

test('a stack makes a pool with all that belongs to it, changes it in place, and leaves nothing', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  const idp = client(cloud, CognitoIdentityProviderClient)
  const StackName = 'people'
  const deployed = async () => {
    await cloud.advance({ minutes: 5 })
    const { Stacks: [stack] = [] } = await cfn.send(new DescribeStacksCommand({ StackName }))
    const outputs = (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
      OutputKey,
      OutputValue,
    ])
    return {
      status: [stack?.StackStatus, stack?.StackStatusReason],
      outputs: Object.fromEntries(outputs) as Record<keyof typeof Outputs, string>,
    }
  }
  const body = (Resources: Template) => JSON.stringify({ Resources, Outputs })
  await cfn.send(new CreateStackCommand({ StackName, TemplateBody: body(resources) }))
  const { status, outputs } = await deployed()
  expect(status).toEqual(['CREATE_COMPLETE', undefined])
  const { Pool, Client, Secret } = outputs
  expect(outputs).toEqual({
    Pool: expect.stringMatching(/^us-east-1_[A-Za-z0-9]{9}$/),
    Client: expect.stringMatching(/^[a-z0-9]{26}$/),
    Secret: expect.stringMatching(/^[a-z0-9]{52}$/),
    Url: `https://cognito-idp.us-east-1.amazonaws.com/${Pool}`,
    Domain: 'people-of-the-test',
  })
  const pool = { UserPoolId: Pool }
  const described = await idp.send(new DescribeUserPoolClientCommand({ ...pool, ClientId: Client }))
  expect([
    described.UserPoolClient?.ClientSecret,
    described.UserPoolClient?.AllowedOAuthScopes,
  ]).toEqual([Secret, ['openid', 'https://api.example.com/read']])
  expect(await idp.send(new GetUserPoolMfaConfigCommand(pool))).toMatchObject({
    MfaConfiguration: 'OPTIONAL',
    SoftwareTokenMfaConfiguration: { Enabled: true },
  })
  const members = await idp.send(new ListUsersInGroupCommand({ ...pool, GroupName: 'admin' }))
  expect(members.Users?.map(({ Username }) => Username)).toEqual(['ann'])

  const changed = structuredClone(resources)
  const { Pool: poolResource, Server } = changed
  if (poolResource === undefined || Server === undefined) throw new Error('no such resource')
  poolResource.Properties['Schema'] = [
    { Name: 'tenant', AttributeDataType: 'String', Mutable: true },
    { Name: 'plan', AttributeDataType: 'String', Mutable: true },
  ]
  poolResource.Properties['DeletionProtection'] = 'INACTIVE'
  Server.Properties['Name'] = 'the API'
  await cfn.send(new UpdateStackCommand({ StackName, TemplateBody: body(changed) }))
  const updated = await deployed()
  expect([updated.status[0], updated.outputs.Pool]).toEqual(['UPDATE_COMPLETE', Pool])
  const { UserPool } = await idp.send(new DescribeUserPoolCommand(pool))
  const own = UserPool?.SchemaAttributes?.map(({ Name }) => Name).slice(-2)
  expect([own, UserPool?.Domain, UserPool?.EstimatedNumberOfUsers]).toEqual([
    ['custom:tenant', 'custom:plan'],
    'people-of-the-test',
    1,
  ])
  const server = { ...pool, Identifier: 'https://api.example.com' }
  const { ResourceServer } = await idp.send(new DescribeResourceServerCommand(server))
  expect(ResourceServer?.Name).toBe('the API')

  await cfn.send(new DeleteStackCommand({ StackName }))
  await cloud.advance({ minutes: 5 })
  expect((await idp.send(new ListUserPoolsCommand({ MaxResults: 10 }))).UserPools).toEqual([])
  const domain = new DescribeUserPoolDomainCommand({ Domain: 'people-of-the-test' })
  expect((await idp.send(domain)).DomainDescription).toEqual({})
})

test('what is not modelled fails the stack by its name', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  const StackName = 'passkeys'
  const TemplateBody = JSON.stringify({
    Resources: {
      Pool: {
        Type: 'AWS::Cognito::UserPool',
        Properties: { WebAuthnRelyingPartyID: 'example.com' },
      },
    },
  })
  await cfn.send(new CreateStackCommand({ StackName, TemplateBody, DisableRollback: true }))
  await cloud.advance({ minutes: 5 })
  const { Stacks: [stack] = [] } = await cfn.send(new DescribeStacksCommand({ StackName }))
  expect(stack?.StackStatus).toBe('CREATE_FAILED')
})

test('what a pool can not change fails its update by name, and nothing is passed over', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const cfn = client(cloud, CloudFormationClient)
  const StackName = 'fixed'
  const tenant = { Name: 'tenant', AttributeDataType: 'String', Mutable: true }
  const body = (more: object) =>
    JSON.stringify({
      Resources: {
        Pool: { Type: 'AWS::Cognito::UserPool', Properties: { Schema: [tenant], ...more } },
      },
    })
  await cfn.send(new CreateStackCommand({ StackName, TemplateBody: body({}) }))
  await cloud.advance({ minutes: 5 })
  const refusalOf = async (more: object) => {
    await cfn.send(new UpdateStackCommand({ StackName, TemplateBody: body(more) }))
    await cloud.advance({ minutes: 5 })
    const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName }))
    const failed = StackEvents.find((event) => event.ResourceStatus === 'UPDATE_FAILED')
    return /message: "(.*?) \(Service/.exec(failed?.ResourceStatusReason ?? '')?.[1]
  }
  const kept = 'Existing schema attributes cannot be modified or deleted.'
  expect(await refusalOf({ Schema: [] })).toBe(kept)
  expect(await refusalOf({ Schema: [{ ...tenant, AttributeDataType: 'Number' }] })).toBe(kept)
  expect(await refusalOf({ AliasAttributes: ['email'] })).toBe(
    'Updates are not allowed for property - AliasAttributes.',
  )
})
