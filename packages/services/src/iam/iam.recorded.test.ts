import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteServiceSpecificCredentialCommand,
  DeleteUserCommand,
  GetRoleCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListRolesCommand,
  ListServiceSpecificCredentialsCommand,
  PutUserPolicyCommand,
  ResetServiceSpecificCredentialCommand,
  SimulatePrincipalPolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateServiceSpecificCredentialCommand,
} from '@aws-sdk/client-iam'
import { client, createCloud } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import {
  type Bindings,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { answer, variantsOf } from './recordings.test-support.ts'

const file = 'iam/test_iam'
const recorded = test.skipIf(!recordingsPresent)

/** A cloud in the recorder's account. */
function recorder() {
  const iam = client(createCloud({ accountId: '111111111111', deepFreeze: true }), IAMClient)
  const bindings: Bindings = new Map([['<partition>', 'aws']])
  return { iam, bindings }
}

function trusting(
  Service: string | string[],
  Action: string | string[] = 'sts:AssumeRole',
): string {
  const Statement = [{ Effect: 'Allow', Principal: { Service }, Action }]
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

recorded('a trust policy is replaced', async () => {
  const { iam, bindings } = recorder()
  const content = recording(file, 'TestIAMIntegrations::test_update_assume_role_policy')
  const PolicyDocument = trusting(['ec2.amazonaws.com'], ['sts:AssumeRole'])
  const create = { RoleName: 'role-1', AssumeRolePolicyDocument: PolicyDocument }
  expectRecorded(
    await answer(iam.send(new CreateRoleCommand(create))),
    content['created_role'],
    bindings,
  )
  const update = iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'role-1', PolicyDocument }))
  expectRecorded(await answer(update), content['updated_policy'], bindings)
})

recorded('a role with a path is described and listed', async () => {
  const { iam, bindings } = recorder()
  const content = recording(file, 'TestIAMIntegrations::test_create_describe_role')
  const role = {
    RoleName: 'role-1',
    Path: '/prefix/',
    AssumeRolePolicyDocument: trusting('ec2.amazonaws.com'),
  }
  const created = await answer(iam.send(new CreateRoleCommand(role)))
  bindings.set('<path-prefix>', 'prefix')
  expectRecorded(created, content['create_role_result'], bindings)
  const got = await answer(iam.send(new GetRoleCommand({ RoleName: 'role-1' })))
  expectRecorded(got, content['get_role_result'], bindings)
  const listed = await answer(iam.send(new ListRolesCommand({ PathPrefix: '/prefix/' })))
  expectRecorded(listed, content['list_roles_result'], bindings)
})

recorded('the life of a role with a path', async () => {
  const { iam, bindings } = recorder()
  const content = recording(file, 'TestIAMExtensions::test_role_with_path_lifecycle')
  const RoleName = 'role-1'
  const AssumeRolePolicyDocument = trusting('lambda.amazonaws.com')
  bindings.set('<path>', '/a/b/')
  const create = new CreateRoleCommand({ RoleName, Path: '/a/b/', AssumeRolePolicyDocument })
  expectRecorded(await answer(iam.send(create)), content['create-role-response'], bindings)
  const got = await answer(iam.send(new GetRoleCommand({ RoleName })))
  expectRecorded(got, content['get-role-response'], bindings)
  const deleted = await answer(iam.send(new DeleteRoleCommand({ RoleName })))
  expectRecorded(deleted, content['delete-role-response'], bindings)
})

const s3Policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Action: 's3:GetObject', Effect: 'Allow', Resource: 'arn:aws:s3:::bucket_name' }],
})

recorded.each(['role', 'user'] as const)('attaching a policy to a %s', async (kind) => {
  const { iam, bindings } = recorder()
  const content = recording(file, `TestIAMIntegrations::test_${kind}_attach_policy`)
  const AssumeRolePolicyDocument = trusting('ec2.amazonaws.com')
  await iam.send(new CreateRoleCommand({ RoleName: 'role-1', AssumeRolePolicyDocument }))
  await iam.send(new CreateUserCommand({ UserName: 'user-1' }))
  const PolicyName = 'test-policy-12345678'
  const created = await answer(
    iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: s3Policy })),
  )
  expectRecorded(created, content['create_policy_response'], bindings)
  const attach = (PolicyArn: string) =>
    answer(
      kind === 'role'
        ? iam.send(new AttachRolePolicyCommand({ RoleName: 'role-1', PolicyArn }))
        : iam.send(new AttachUserPolicyCommand({ UserName: 'user-1', PolicyArn })),
    )
  const arn = `arn:aws:iam::111111111111:policy/${PolicyName}`
  expectRecorded(
    await attach('longpolicynamebutnoarn'),
    content['non_existent_malformed_policy_arn'],
    bindings,
  )
  expectRecorded(await attach(PolicyName), content['existing_policy_name_provided'], bindings)
  expectRecorded(await attach(`${arn}123`), content['valid_arn_not_existent'], bindings)
  expectRecorded(await attach(arn), content['valid_policy_arn'], bindings)
})

recorded('a document comes back as it was written, percent signs included', async () => {
  const { iam, bindings } = recorder()
  const content = recording(file, 'TestIAMPolicyEncoding::test_put_user_policy_encoding')
  const names = { UserName: 'user-1', PolicyName: 'policy-1' }
  await iam.send(new CreateUserCommand({ UserName: names.UserName }))
  const Resource = [
    'arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Faaeeieije',
  ]
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Action: ['apigatway:PUT'], Effect: 'Allow', Resource }],
  })
  await iam.send(new PutUserPolicyCommand({ ...names, PolicyDocument }))
  bindings.set('<region>', 'us-east-1')
  // The recorder's own filter wrote the partition in one place and left it in the other.
  const got = await answer(iam.send(new GetUserPolicyCommand(names)))
  expectRecorded(got, content['get-policy-response'], bindings)
})

recorded('a policy that does not exist can not be deleted', async () => {
  const { iam, bindings } = recorder()
  const content = recording(
    file,
    'TestIAMIntegrations::test_delete_non_existent_policy_returns_no_such_entity',
  )
  const PolicyArn = 'arn:aws:iam::111111111111:policy/non-existent-policy'
  const call = iam.send(new DeletePolicyCommand({ PolicyArn }))
  expectRecorded(await answer(call), content['delete-non-existent-policy-exc'], bindings)
})

const simulation = 'TestIAMIntegrations::test_simulate_principle_policy'

recorded.each(variantsOf(file, simulation))('simulating what a %s may do', async (kind) => {
  const { iam, bindings } = recorder()
  const content = recording(file, `${simulation}[${kind}]`)
  const Statement = { Sid: '', Effect: 'Allow', Action: 's3:PutObject', Resource: '*' }
  // The recorder's JSON has a space behind each comma and colon: the positions count it.
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    .replaceAll('","', '", "')
    .replaceAll('":', '": ')
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument }))
  const PolicyArn = Policy?.Arn
  const AssumeRolePolicyDocument = trusting('lambda.amazonaws.com')
  await iam.send(new CreateRoleCommand({ RoleName: 'one', AssumeRolePolicyDocument }))
  await iam.send(new CreateUserCommand({ UserName: 'one' }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'one', PolicyArn }))
  await iam.send(new AttachUserPolicyCommand({ UserName: 'one', PolicyArn }))
  const response = await answer(
    iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: `arn:aws:iam::111111111111:${kind}/one`,
        ActionNames: ['s3:PutObject', 's3:GetObjectVersion'],
        ResourceArns: ['arn:aws:s3:::bucket'],
      }),
    ),
  )
  expectRecorded(response, content['response'], bindings)
})

const credentials = 'TestIAMServiceSpecificCredentials'

/** A user with a credential, as most of these recordings begin. */
async function credentialOf(test: string, ServiceName = 'codecommit.amazonaws.com') {
  const { iam, bindings } = recorder()
  const content = recording(file, `${credentials}::${test}`)
  const UserName = 'user-1'
  const user = await answer(iam.send(new CreateUserCommand({ UserName })))
  expectRecorded(user, content['create-user-response'], bindings)
  const created = await answer(
    iam.send(new CreateServiceSpecificCredentialCommand({ UserName, ServiceName })),
  )
  expectRecorded(created, content['create-service-specific-credential-response'], bindings)
  const { ServiceSpecificCredentialId = '' } = created['ServiceSpecificCredential'] as {
    ServiceSpecificCredentialId?: string
  }
  return { iam, bindings, content, UserName, id: ServiceSpecificCredentialId }
}

const credentialLife = `${credentials}::test_service_specific_credential_lifecycle`

recorded.each(variantsOf(file, credentialLife))(
  'the life of a credential for %s',
  async (service) => {
    const name = `test_service_specific_credential_lifecycle[${service}]`
    const { iam, bindings, content, UserName, id } = await credentialOf(name, service)
    const one = { UserName, ServiceSpecificCredentialId: id }
    const list = () => answer(iam.send(new ListServiceSpecificCredentialsCommand({ UserName })))
    expectRecorded(
      await list(),
      content['list-service-specific-credentials-response-before-update'],
      bindings,
    )
    const update = new UpdateServiceSpecificCredentialCommand({ ...one, Status: 'Inactive' })
    const updated = content['update-service-specific-credential-response']
    expectRecorded(await answer(iam.send(update)), updated, bindings)
    expectRecorded(
      await list(),
      content['list-service-specific-credentials-response-after-update'],
      bindings,
    )
    const reset = await answer(iam.send(new ResetServiceSpecificCredentialCommand(one)))
    expectRecorded(reset, content['reset-service-specific-credential-response'], bindings)
    const deleted = await answer(iam.send(new DeleteServiceSpecificCredentialCommand(one)))
    expectRecorded(deleted, content['delete-service-specific-credentials-response'], bindings)
  },
)

recorded('a credential of a user who does not exist', async () => {
  const { iam } = recorder()
  const content = recording(
    file,
    `${credentials}::test_create_service_specific_credential_invalid_user`,
  )
  const create = (ServiceName: string) =>
    answer(
      iam.send(
        new CreateServiceSpecificCredentialCommand({ UserName: 'non-existent-user', ServiceName }),
      ),
    )
  expectRecorded(await create('codecommit.amazonaws.com'), content['invalid-user-name-exception'])
  expectRecorded(
    await create('nonexistentservice.amazonaws.com'),
    content['invalid-user-and-service-exception'],
  )
})

recorded('a user with a credential can not be deleted', async () => {
  const { iam, bindings, content, UserName } = await credentialOf(
    'test_delete_user_after_service_credential_created',
  )
  const call = iam.send(new DeleteUserCommand({ UserName }))
  expectRecorded(await answer(call), content['delete-user-existing-credential'], bindings)
})

recorded.each([
  {
    test: 'test_user_match_id_mismatch[totally-wrong-credential-id-with-hyphens]',
    wrong: { ServiceSpecificCredentialId: 'totally-wrong-credential-id-with-hyphens' },
    key: 'wrong-id',
  },
  {
    test: 'test_id_match_user_mismatch',
    wrong: { UserName: 'wrong-user-name' },
    key: 'wrong-user-name',
  },
])('a credential is found by both: $key', async ({ test, wrong, key }) => {
  const { iam, bindings, content, UserName, id } = await credentialOf(test)
  const one = { UserName, ServiceSpecificCredentialId: id, ...wrong }
  const update = new UpdateServiceSpecificCredentialCommand({ ...one, Status: 'Inactive' })
  expectRecorded(await answer(iam.send(update)), content[`update-${key}`], bindings)
  const reset = await answer(iam.send(new ResetServiceSpecificCredentialCommand(one)))
  expectRecorded(reset, content[`reset-${key}`], bindings)
  const deleted = await answer(iam.send(new DeleteServiceSpecificCredentialCommand(one)))
  expectRecorded(deleted, content[`delete-${key}`], bindings)
})

recorded('a status that there is not', async () => {
  const { iam, bindings, content, UserName, id } = await credentialOf(
    'test_invalid_update_parameters',
  )
  const call = iam.send(
    new UpdateServiceSpecificCredentialCommand({
      UserName,
      ServiceSpecificCredentialId: id,
      Status: 'Invalid' as 'Active', // The very point: the client's types forbid it.
    }),
  )
  expectRecorded(await answer(call), content['update-invalid-status'], bindings)
})
