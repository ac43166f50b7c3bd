import {
  CreateServiceLinkedRoleCommand,
  DeleteServiceLinkedRoleCommand,
  GetRoleCommand,
  GetServiceLinkedRoleDeletionStatusCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import {
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'
import { accountId, identityCloud } from './principals.test-support.ts'
import { answer, variantsOf } from './recordings.test-support.ts'

const file = 'iam/test_iam'
const recorded = test.skipIf(!recordingsPresent)

/** Names and paths in these recordings are AWS's own; the account is the recorder's. */
function bindings(): Bindings {
  return new Map([['<partition>', 'aws']])
}

/** The recorder's account number stands plainly in the recordings. */
function ownAccount(content: Recorded): Recorded {
  const text = JSON.stringify(content).replaceAll('111111111111', accountId)
  return JSON.parse(text) as Recorded // It was an object before.
}

const lifecycle = 'TestIAMServiceRoles::test_service_role_lifecycle'

recorded.each(variantsOf(file, lifecycle))('the service-linked role of %s', async (service) => {
  await expectLifecycle(service, `${lifecycle}[${service}]`)
})

recorded.each(variantsOf(file, `${lifecycle}_custom_suffix`))(
  'the service-linked role of %s with a suffix of its own',
  async (service) => {
    await expectLifecycle(service, `${lifecycle}_custom_suffix[${service}]`, 'suffix1')
  },
)

async function expectLifecycle(service: string, name: string, suffix?: string): Promise<void> {
  const { iam } = identityCloud()
  const { Role } = await iam.send(
    new CreateServiceLinkedRoleCommand({ AWSServiceName: service, CustomSuffix: suffix }),
  )
  const RoleName = Role?.RoleName ?? ''
  const content = ownAccount(recording(file, name))
  const bound = bindings()
  const role = await answer(iam.send(new GetRoleCommand({ RoleName })))
  // The recorder's account had a few of these roles in use by their services already.
  const inUse = JSON.stringify(content).includes('LastUsedDate')
  const ignored = inUse ? ['Role.RoleLastUsed'] : []
  expectRecorded(role, content['describe-response'], bound, ignored)
  const inline = await answer(iam.send(new ListRolePoliciesCommand({ RoleName })))
  expectRecorded(inline, content['inline-role-policies'], bound)
  const attached = await answer(iam.send(new ListAttachedRolePoliciesCommand({ RoleName })))
  expectRecorded(attached, content['attached-role-policies'], bound)
}

const notAllowed = 'TestIAMServiceRoles::test_service_role_lifecycle_custom_suffix_not_allowed'

recorded.each(variantsOf(file, notAllowed))('%s takes no suffix', async (service) => {
  const { iam } = identityCloud()
  const call = iam.send(
    new CreateServiceLinkedRoleCommand({ AWSServiceName: service, CustomSuffix: 'suffix' }),
  )
  const content = recording(file, `${notAllowed}[${service}]`)
  expectRecorded(await answer(call), content['custom-suffix-not-allowed'])
})

recorded('a service-linked role is made once', async () => {
  const { iam } = identityCloud()
  const create = () =>
    iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'batch.amazonaws.com' }))
  await create()
  const content = recording(file, 'TestIAMServiceRoles::test_service_role_already_exists')
  expectRecorded(await answer(create()), content['role-already-exists-error'])
})

recorded('the removal of a service-linked role is a task that can be watched', async () => {
  const { cloud, iam } = identityCloud()
  await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'batch.amazonaws.com' }))
  const RoleName = 'AWSServiceRoleForBatch'
  const deletion = await answer(iam.send(new DeleteServiceLinkedRoleCommand({ RoleName })))
  const content = recording(file, 'TestIAMServiceRoles::test_service_role_deletion')
  expectRecorded(deletion, content['service-linked-role-deletion-response'])
  await cloud.settle()
  const status = iam.send(
    new GetServiceLinkedRoleDeletionStatusCommand({
      DeletionTaskId: String(deletion['DeletionTaskId']),
    }),
  )
  expectRecorded(await answer(status), content['service-linked-role-deletion-status-response'])
  expect(await answer(iam.send(new GetRoleCommand({ RoleName })))).toMatchObject({
    Error: { Code: 'NoSuchEntity' },
  })
})
