import {
  AttachRolePolicyCommand,
  CreateAccountAliasCommand,
  CreateGroupCommand,
  CreateOpenIDConnectProviderCommand,
  CreateSAMLProviderCommand,
  DeleteAccountAliasCommand,
  DeleteAccountPasswordPolicyCommand,
  DeleteOpenIDConnectProviderCommand,
  GenerateCredentialReportCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  GetOpenIDConnectProviderCommand,
  GetSAMLProviderCommand,
  IAMClient,
  ListAccountAliasesCommand,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { accountId, allow, identityCloud, refusal, trust } from './principals.test-support.ts'

test('an account has one alias, which no other has', async () => {
  const { cloud, iam } = identityCloud()
  const aliases = async () => (await iam.send(new ListAccountAliasesCommand({}))).AccountAliases
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'first' }))
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'second' }))
  expect(await aliases()).toEqual(['second'])
  const other = client(cloud, IAMClient, { accountId: '222222222222' })
  const taken = other.send(new CreateAccountAliasCommand({ AccountAlias: 'second' }))
  expect((await refusal(taken)).code).toBe('EntityAlreadyExists')
  await other.send(new CreateAccountAliasCommand({ AccountAlias: 'first' }))
  await iam.send(new DeleteAccountAliasCommand({ AccountAlias: 'second' }))
  expect(await aliases()).toEqual([])
})

test('a password policy is set as a whole', async () => {
  const { iam } = identityCloud()
  const policy = async () =>
    (await iam.send(new GetAccountPasswordPolicyCommand({}))).PasswordPolicy
  expect((await refusal(policy())).message).toBe(
    `The Password Policy with domain name ${accountId} cannot be found.`,
  )
  const given = { MinimumPasswordLength: 10, RequireSymbols: true, MaxPasswordAge: 60 }
  await iam.send(new UpdateAccountPasswordPolicyCommand(given))
  expect(await policy()).toEqual({
    AllowUsersToChangePassword: false,
    ExpirePasswords: true,
    MaxPasswordAge: 60,
    MinimumPasswordLength: 10,
    RequireLowercaseCharacters: false,
    RequireNumbers: false,
    RequireSymbols: true,
    RequireUppercaseCharacters: false,
  })
  await iam.send(new UpdateAccountPasswordPolicyCommand({}))
  expect((await policy())?.MinimumPasswordLength).toBe(6)
  await iam.send(new DeleteAccountPasswordPolicyCommand({}))
  expect((await refusal(iam.send(new DeleteAccountPasswordPolicyCommand({})))).message).toBe(
    'The account policy with name PasswordPolicy cannot be found.',
  )
  const wrong = { MinimumPasswordLength: 129, PasswordReusePrevention: 25, MaxPasswordAge: 1096 }
  expect((await refusal(iam.send(new UpdateAccountPasswordPolicyCommand(wrong)))).message).toMatch(
    /^3 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than or equal to 128; /,
  )
})

test('the summary counts what there is', async () => {
  const { iam, user, role } = identityCloud()
  await user('bob')
  await role('R')
  await iam.send(new CreateGroupCommand({ GroupName: 'G' }))
  const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}))
  expect(SummaryMap).toMatchObject({
    AccountAccessKeysPresent: 0,
    AssumeRolePolicySizeQuota: 2048,
    Groups: 1,
    Policies: 0,
    Roles: 1,
    RolesQuota: 1000,
    Users: 2,
    VersionsPerPolicyQuota: 5,
  })
})

test('the details of an account come in pages, each thing once', async () => {
  const { iam, user, role } = identityCloud()
  await user('bob', allow('s3:*'))
  await role('R', trust(), allow('sqs:*'))
  await iam.send(new CreateGroupCommand({ GroupName: 'G' }))
  const PolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'R', PolicyArn }))
  const seen: (string | undefined)[] = []
  let Marker: string | undefined
  do {
    const page = await iam.send(new GetAccountAuthorizationDetailsCommand({ MaxItems: 2, Marker }))
    seen.push(
      ...(page.UserDetailList ?? []).map(({ UserName }) => UserName),
      ...(page.GroupDetailList ?? []).map(({ GroupName }) => GroupName),
      ...(page.RoleDetailList ?? []).map(({ RoleName }) => RoleName),
      ...(page.Policies ?? []).map(({ PolicyName }) => PolicyName),
    )
    Marker = page.Marker
  } while (Marker !== undefined)
  expect(seen).toEqual(['admin', 'bob', 'G', 'R', 'AdministratorAccess', 'ReadOnlyAccess'])
  const roles = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'] }))
  expect([roles.UserDetailList, roles.Policies]).toEqual([[], []])
  expect(roles.RoleDetailList).toEqual([
    {
      Arn: `arn:aws:iam::${accountId}:role/R`,
      AssumeRolePolicyDocument: encodeURIComponent(trust()),
      AttachedManagedPolicies: [{ PolicyArn, PolicyName: 'ReadOnlyAccess' }],
      CreateDate: new Date('2026-01-01T00:00:00Z'),
      InstanceProfileList: [],
      Path: '/',
      RoleId: roles.RoleDetailList?.[0]?.RoleId,
      RoleLastUsed: {},
      RoleName: 'R',
      RolePolicyList: [
        {
          PolicyName: 'own',
          PolicyDocument: encodeURIComponent(allow('sqs:*')).replaceAll('*', '%2A'),
        },
      ],
      Tags: [],
    },
  ])
})

test('an OpenID Connect provider is known by its URL', async () => {
  const { iam } = identityCloud()
  const create = (Url: string, rest: object = {}) =>
    iam.send(new CreateOpenIDConnectProviderCommand({ Url, ...rest }))
  const arn = `arn:aws:iam::${accountId}:oidc-provider/id.example.com/a`
  const ClientIDList = ['client-1']
  const Url = 'https://id.example.com/a'
  expect((await create(Url, { ClientIDList })).OpenIDConnectProviderArn).toBe(arn)
  expect((await refusal(create(Url))).message).toBe(`Provider with url ${Url} already exists.`)
  expect((await refusal(create('http://id.example.com'))).message).toBe(
    'Invalid Open ID Connect Provider URL',
  )
  const ThumbprintList = Array.from({ length: 6 }, () => 'b'.repeat(40))
  expect((await refusal(create('https://other.example.com', { ThumbprintList }))).message).toBe(
    'Thumbprint list must contain fewer than 5 entries.',
  )
  const get = () => iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))
  const { $metadata, ...provider } = await get()
  expect(provider).toEqual({
    ClientIDList,
    CreateDate: new Date('2026-01-01T00:00:00Z'),
    Tags: [],
    ThumbprintList: [],
    Url: 'id.example.com/a',
  })
  await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))
  expect((await refusal(get())).message).toBe(`OpenIDConnect Provider not found for arn ${arn}`)
})

test('a SAML provider keeps its metadata and their end', async () => {
  const { iam } = identityCloud()
  const metadata = (validUntil: string) =>
    `<EntityDescriptor entityID="https://idp.example.com"${validUntil}>${' '.repeat(1000)}</EntityDescriptor>`
  const document = metadata(' validUntil="2030-01-01T00:00:00Z"')
  const { SAMLProviderArn } = await iam.send(
    new CreateSAMLProviderCommand({ Name: 'idp', SAMLMetadataDocument: document }),
  )
  expect(SAMLProviderArn).toBe(`arn:aws:iam::${accountId}:saml-provider/idp`)
  const provider = await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }))
  expect(provider).toMatchObject({
    AssertionEncryptionMode: 'Allowed',
    PrivateKeyList: [],
    SAMLMetadataDocument: document,
    ValidUntil: new Date('2030-01-01T00:00:00Z'),
  })
  const missing = iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: `${SAMLProviderArn}x` }))
  expect((await refusal(missing)).message).toBe(`Manifest not found for arn ${SAMLProviderArn}x`)
})

test('reports that are not built are refused by name', async () => {
  const { iam } = identityCloud()
  expect(await refusal(iam.send(new GenerateCredentialReportCommand({})))).toEqual({
    code: 'NotImplemented',
    message:
      'Orrery does not model iam:GenerateCredentialReport. The coverage page of iam lists what it does.',
  })
})
