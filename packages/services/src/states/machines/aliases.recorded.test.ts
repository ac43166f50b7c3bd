import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteStateMachineAliasCommand,
  DeleteStateMachineCommand,
  DeleteStateMachineVersionCommand,
  DescribeStateMachineAliasCommand,
  ListStateMachineAliasesCommand,
  type RoutingConfigurationListItem,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { passResult, replaying } from '../recorded-states.test-support.ts'

const stateMachineArn = 'arn:aws:states:us-east-1:111111111111:stateMachine:statemachine_first'
const aliasName = 'live'
const aliasArn = `${stateMachineArn}:${aliasName}`

/** A machine with three versions. */
async function versions(name: string) {
  const it = replaying('test_sfn_api_aliasing', `TestSfnApiAliasing::${name}`, {
    state_machine_alias_name: aliasName,
  })
  await it.sfn.send(
    new CreateStateMachineCommand({
      name: 'statemachine_first',
      definition: JSON.stringify(passResult),
      roleArn: it.roleArn,
      publish: true,
    }),
  )
  for (const number of [2, 3]) {
    const definition = JSON.stringify({ ...passResult, Comment: `Definition ${number}` })
    await it.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition, publish: true }))
  }
  const create = (
    routingConfiguration: RoutingConfigurationListItem[],
    alias = aliasName,
    description = 'create state machine alias description',
  ) =>
    it.sfn.send(
      new CreateStateMachineAliasCommand({ name: alias, description, routingConfiguration }),
    )
  const describe = () =>
    it.sfn.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: aliasArn }))
  return { ...it, create, describe }
}

/** `1` at 70 percent: `to(1, 70)`. */
const to = (version: number | '', weight: number): RoutingConfigurationListItem => ({
  stateMachineVersionArn: version === '' ? stateMachineArn : `${stateMachineArn}:${version}`,
  weight,
})
const whole = [to(1, 100)]

test.skipIf(!recordingsPresent)('routes are one or two versions with 100 percent', async () => {
  const it = await versions('test_error_create_alias_invalid_router_configs')
  await it.expectException('too_many_routing', it.create([to(1, 50), to(2, 30), to(3, 20)]))
  await it.expectException('duplicate_routing', it.create([to(1, 50), to(1, 50)]))
  await it.expectException('invalid_arn', it.create([to('', 70), to(2, 30)]))
  await it.expectException('weight_too_large', it.create([to(1, 101)]))
  await it.expectException('sum_weights_less_than_100', it.create([to(1, 70), to(2, 29)]))
  await it.expectException('sum_weights_more_than_100', it.create([to(1, 70), to(2, 31)]))
})

test.skipIf(!recordingsPresent)('names of aliases have a letter and no space', async () => {
  const it = await versions('test_error_create_alias_invalid_name')
  const names = ['123', 'A'.repeat(81), 'INVALID ALIAS', '!INVALID', 'ALIAS@']
  for (const name of names) {
    await it.expectException(`exception_for_name${name}`, it.create(whole, name))
  }
})

const update = (it: Awaited<ReturnType<typeof versions>>, more: object, arn = aliasArn) =>
  it.sfn.send(new UpdateStateMachineAliasCommand({ stateMachineAliasArn: arn, ...more }))

test.skipIf(!recordingsPresent)('an alias is changed in place', async () => {
  const it = await versions('test_base_lifecycle_create_update_describe')
  await it.expect('create_state_machine_alias_response', it.create(whole))
  await it.expect(
    'update_state_machine_alias_description_response',
    update(it, { description: 'new description' }),
  )
  await it.expect('describe_state_machine_alias_update_description_response', it.describe())
  await it.expect(
    'update_state_machine_alias_routing_configuration_response',
    update(it, { routingConfiguration: [to(1, 50), to(2, 50)] }),
  )
  await it.expect(
    'describe_state_machine_alias_update_routing_configuration_response',
    it.describe(),
  )
})

test.skipIf(!recordingsPresent)('a version that an alias leads to is not deleted', async () => {
  const it = await versions('test_delete_version_with_alias')
  const remove = () =>
    it.sfn.send(
      new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${stateMachineArn}:1` }),
    )
  await it.expect('create_state_machine_alias_response', it.create(whole))
  await it.expectException('exception_delete_version_with_alias_reference', remove())
  await update(it, { routingConfiguration: [to(2, 100)] })
  await it.expect('describe_state_machine_alias_response', it.describe())
  await it.expect('delete_version_response', remove())
})

test.skipIf(!recordingsPresent)('a machine is deleted with its aliases', async () => {
  const it = await versions('test_delete_revision_with_alias')
  await it.expect('create_state_machine_alias_response', it.create(whole))
  await it.expect(
    'delete_state_machine_response',
    it.sfn.send(new DeleteStateMachineCommand({ stateMachineArn })),
  )
  await expect(it.describe()).rejects.toThrow('Request references a resource that does not exist.')
})

test.skipIf(!recordingsPresent)('what is no alias', async () => {
  const deleting = await versions('test_delete_no_such_alias_arn')
  await deleting.expect('create_state_machine_alias_response', deleting.create(whole))
  await deleting.expect(
    'delete_state_machine_alias_response',
    deleting.sfn.send(
      new DeleteStateMachineAliasCommand({ stateMachineAliasArn: `${aliasArn}NoSuchAlias` }),
    ),
  )
  const updating = await versions('test_update_no_such_alias_arn')
  await updating.expect('create_state_machine_alias_response', updating.create(whole))
  await updating.expectException(
    'update_no_such_alias_arn',
    update(updating, { description: 'new' }, `${aliasArn}NoSuchAlias`),
  )
})

const list = (it: Awaited<ReturnType<typeof versions>>, more: object) =>
  it.sfn.send(new ListStateMachineAliasesCommand({ stateMachineArn, ...more }))

test.skipIf(!recordingsPresent)('aliases are listed by pages', async () => {
  const wrong = await versions('test_list_state_machine_aliases_pagination_invalid_next_token')
  await wrong.expect('create_state_machine_alias_response', wrong.create(whole))
  await wrong.expectException('invalidTokenException', list(wrong, { nextToken: 'InvalidToken' }))
  const it = await versions('test_list_state_machine_aliases_pagination_max_results_1_next_token')
  for (const number of [1, 2, 3]) {
    await it.expect(
      `create_state_machine_alias_response-${number}`,
      it.create(whole, `AliasName-${number}`),
    )
  }
  const page = list(it, { maxResults: 1 })
  await it.expect('list_state_machine_aliases_max_results_1_response', page)
  const { nextToken } = await page
  await it.expect('list_state_machine_aliases_next_token_response', list(it, { nextToken }))
})
