import {
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DeleteStateMachineCommand,
  DeleteStateMachineVersionCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListStateMachineVersionsCommand,
  ListTagsForResourceCommand,
  PublishStateMachineVersionCommand,
  StartExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { passResult, type Replaying, replaying } from '../recorded-states.test-support.ts'
import { giveRole } from '../states-cloud.test-support.ts'

/** Recorded before Step Functions had keys of customers. */
const older = ['encryptionConfiguration']

function ofMachine(file: string, name: string, texts: Record<string, string> = {}) {
  const made = replaying(file, name, texts)
  const create = (input: Partial<CreateStateMachineCommandInput> = {}) =>
    made.sfn.send(
      new CreateStateMachineCommand({
        name: 'statemachine_first',
        definition: JSON.stringify(passResult),
        roleArn: made.roleArn,
        ...input,
      }),
    )
  const describe = (stateMachineArn: string | undefined) =>
    made.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))
  return { ...made, create, describe }
}

const api = (name: string, texts?: Record<string, string>) =>
  ofMachine('test_sfn_api', `TestSnfApi::${name}`, texts)
const versioning = (name: string, texts?: Record<string, string>) =>
  ofMachine('test_sfn_api_versioning', `TestSnfApiVersioning::${name}`, texts)

const arnOf = (name: string) => `arn:aws:states:us-east-1:111111111111:stateMachine:${name}`
const first = arnOf('statemachine_first')

test.skipIf(!recordingsPresent)('a definition without states is refused', async () => {
  const it = api('test_create_delete_invalid_sm')
  await it.expect('invalid_definition_1', it.create({ definition: '{"StartAt":"A"}' }))
})

test.skipIf(!recordingsPresent).each([
  ['test_create_duplicate_definition_format_sm', JSON.stringify(passResult, null, 4)],
  [
    'test_create_duplicate_sm_name',
    JSON.stringify({ ...passResult, States: { State_1: { Type: 'Pass', End: true } } }),
  ],
])('a name that another definition has is refused: %s', async (name, definition) => {
  const it = api(name)
  await it.expect('creation_resp_1', it.create())
  await it.expect('describe_resp_1', it.describe(first), older)
  await it.expect('already_exists_1', it.create({ definition }))
})

test.skipIf(!recordingsPresent)('machines are listed until they are deleted', async () => {
  const it = api('test_list_sms')
  const names = ['statemachine_1', 'statemachine_2', 'statemachine_3']
  for (const [i, name] of names.entries())
    await it.expect(`creation_resp_${i}`, it.create({ name }))
  const listed = async () => (await it.sfn.send(new ListStateMachinesCommand({}))).stateMachines
  it.expectValue('lst_resp_filter', await listed())
  for (const [i, name] of names.entries()) {
    const stateMachineArn = arnOf(name)
    await it.expect(
      `deletion_resp_${i}`,
      it.sfn.send(new DeleteStateMachineCommand({ stateMachineArn })),
    )
  }
  it.expectValue('lst_resp_del_filter', await listed())
})

test.skipIf(!recordingsPresent)('inputs that are no JSON are refused', async () => {
  const it = api('test_invalid_start_execution_input')
  await it.expect('creation_resp', it.create())
  const start = (input: string) =>
    it.sfn.send(new StartExecutionCommand({ stateMachineArn: first, input }))
  await it.expect('start_exec_str_inp', start('not some json'))
  await it.expect('start_exec_not_json_inp', start("{'not': 'json'}"))
  await it.expect('start_res_empty', start(''))
  await it.expect('start_res_num', start('2'))
  await it.expect('start_res_str', start('"some text"'))
  await it.expect('start_res_null', start('null'))
})

test.skipIf(!recordingsPresent)('a machine that is not there can not be started', async () => {
  const it = api('test_invalid_start_execution_arn')
  await it.expect('creation_resp', it.create())
  const stateMachineArn = arnOf('statemachine_invalid_statemachine_first')
  await it.expect(
    'start_exec_of_deleted',
    it.sfn.send(new StartExecutionCommand({ stateMachineArn })),
  )
})

test.skipIf(!recordingsPresent)('an update of the role makes a revision', async () => {
  const it = api('test_create_update_state_machine_base_role_arn', {
    snf_role_arn_t1: 'arn:aws:iam::111111111111:role/other',
    snf_role_arn_t2: 'arn:aws:iam::111111111111:role/third',
    snf_role_arn_t0: 'arn:aws:iam::111111111111:role/states-role',
    snf_role_arn: 'snf_role_arn',
  })
  await it.expect('creation_resp_t0', it.create())
  await it.expect('describe_resp_t0', it.describe(first), older)
  for (const [role, at] of [
    ['other', 't1'],
    ['third', 't2'],
  ] as const) {
    const roleArn = giveRole(it.cloud, ['*'], role)
    const update = new UpdateStateMachineCommand({ stateMachineArn: first, roleArn })
    await it.expect(`update_state_machine_res_${at}`, it.sfn.send(update))
    await it.expect(`describe_resp_${at}`, it.describe(first), older)
  }
})

test.skipIf(!recordingsPresent)('an update of nothing is refused', async () => {
  const it = api('test_create_update_state_machine_base_update_none')
  await it.expect('creation_resp_t0', it.create())
  await it.expect('describe_resp_t0', it.describe(first), older)
  const update = new UpdateStateMachineCommand({ stateMachineArn: first })
  await it.expect('missing_required_parameter', it.sfn.send(update))
})

test.skipIf(!recordingsPresent)('an execution knows the machine as it was', async () => {
  const it = api('test_describe_state_machine_for_execution')
  await it.expect('creation_resp', it.create())
  const started = it.sfn.send(new StartExecutionCommand({ stateMachineArn: first }))
  await it.expect('exec_resp', started)
  const { executionArn } = await started
  const describe = new DescribeStateMachineForExecutionCommand({ executionArn })
  await it.expect('describe_resp', it.sfn.send(describe), older)
})

test.skipIf(!recordingsPresent)('what is not there, and what is no ARN', async () => {
  const gone = arnOf('gone')
  const missing = api('test_describe_nonexistent_sm', { sm_nonexistent_arn: gone })
  await expect(missing.describe(gone)).rejects.toMatchObject({
    name: 'StateMachineDoesNotExist',
    message: `State Machine Does Not Exist: '${gone}'`,
  })
  const invalid = api('test_describe_invalid_arn_sm')
  await invalid.expectException('exception', invalid.describe('not_a_valid_arn'))
  const listing = api('test_list_execution_no_such_state_machine', { ssm_nonexistent_arn: gone })
  const list = new ListExecutionsCommand({ stateMachineArn: gone })
  await listing.expectException('exception', listing.sfn.send(list))
  const execution = api('test_describe_execution_invalid_arn')
  const describe = new DescribeExecutionCommand({ executionArn: 'invalid_state_machine_arn' })
  await execution.expectException('exception', execution.sfn.send(describe))
  const publishing = versioning('test_publish_state_machine_version_no_such_machine', {
    ssm_nonexistent_arn: gone,
  })
  const publish = new PublishStateMachineVersionCommand({ stateMachineArn: gone })
  await publishing.expectException('exception', publishing.sfn.send(publish))
})

test.skipIf(!recordingsPresent)('executions are listed by status', async () => {
  const it = api('test_state_machine_status_filter')
  await it.expect('creation_resp', it.create())
  const list = (statusFilter?: string) =>
    it.sfn.send(
      new ListExecutionsCommand({
        stateMachineArn: first,
        ...(statusFilter === undefined ? {} : { statusFilter: statusFilter as 'RUNNING' }), // Or another text.
      }),
    )
  await it.expect('list_before_execution', list('SUCCEEDED'))
  await it.expect('exec_resp', it.sfn.send(new StartExecutionCommand({ stateMachineArn: first })))
  await it.cloud.settle()
  await it.expect('list_succeeded_when_complete', list('SUCCEEDED'))
  await it.expect('list_running_when_complete', list('RUNNING'))
  await it.expect('list_executions_filter_exc', list('succeeded'))
})

test.skipIf(!recordingsPresent)('names have punctuation', async () => {
  const it = api('test_describe_execution_arn_containing_punctuation')
  const name = 'state.machine-with_every(permitted)!punctuation=+@'
  await it.expect('creation_resp', it.create({ name }))
  const start = new StartExecutionCommand({ stateMachineArn: arnOf(name), name: 'exec.u_t-i!on' })
  const started = it.sfn.send(start)
  await it.expect('exec_resp', started)
  await it.cloud.settle()
  const { executionArn } = await started
  await it.expect('describe_execution', it.sfn.send(new DescribeExecutionCommand({ executionArn })))
  const other = api('test_describe_sm_arn_containing_punctuation')
  await other.expect('creation_resp', other.create({ name }))
  await other.expect('describe_resp', other.describe(arnOf(name)), older)
})

test.skipIf(!recordingsPresent)('executions are listed by pages, the newest first', async () => {
  const token = 'x'.repeat(3097)
  const it = api('test_list_executions_versions_pagination', {
    '<invalid_token_3097_chars>': token,
  })
  await it.create({ publish: true })
  const stateMachineArn = `${first}:1`
  for (let i = 0; i < 13; i += 1) {
    await it.cloud.advance({ seconds: 1 })
    await it.sfn.send(new StartExecutionCommand({ stateMachineArn, name: `execution-${i}` }))
  }
  await it.cloud.settle()
  const list = (more: object) =>
    it.sfn.send(new ListExecutionsCommand({ stateMachineArn, ...more }))
  const page = list({ maxResults: 10 })
  await it.expect('list-executions-page-1', page)
  const { nextToken } = await page
  await it.expect('list-execution-page-2', list({ maxResults: 3, nextToken }))
  await it.expect('list-executions-invalid-param-too-large', list({ maxResults: 1001 }))
  await it.expect('list-executions-invalid-param-long-nextToken', list({ nextToken: token }))
  await it.expect(
    'deletion_resp',
    it.sfn.send(new DeleteStateMachineCommand({ stateMachineArn: first })),
  )
})

test.skipIf(!recordingsPresent).each([
  ['test_create_publish_describe_no_version_description', undefined],
  ['test_create_publish_describe_with_version_description', 'HelloWorld!'],
])('a version is described as its machine, with its own description: %s', async (name, text) => {
  const it = versioning(name)
  const versionDescription = text === undefined ? {} : { versionDescription: text }
  await it.expect('creation_resp_1', it.create({ publish: true, ...versionDescription }))
  await it.expect('describe_resp_version', it.describe(`${first}:1`), older)
  await it.expect('describe_resp', it.describe(first), older)
})

const update = (it: Replaying, stateMachineArn: string, more: object) =>
  it.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, ...more }))
const revised = (number: number) =>
  JSON.stringify({ ...passResult, Comment: `BASE_PASS_RESULT-R${number}` })
const versionsOf = (it: Replaying) =>
  it.sfn.send(new ListStateMachineVersionsCommand({ stateMachineArn: first }))

test.skipIf(!recordingsPresent)('each revision may become a version', async () => {
  const it = versioning('test_update_state_machine')
  await it.expect('creation_resp_1', it.create())
  for (const number of [1, 2]) {
    const change = update(it, first, { definition: revised(number), publish: true })
    await it.expect(`update_resp_${number}`, change)
    await it.expect(`list_versions_resp_${number}`, versionsOf(it))
  }
  await it.expect('invalid_arn_1', update(it, `${first}:2`, { definition: revised(3) }))
  await it.expect(
    'invalid_arn_2',
    update(it, `${first}:2`, { definition: revised(3), publish: true }),
  )
})

test.skipIf(!recordingsPresent)('a version that is gone can be deleted again', async () => {
  const it = versioning('test_list_delete_version')
  await it.expect('creation_resp_1', it.create({ publish: true }))
  await it.expect('describe_resp_version', it.describe(`${first}:1`), older)
  await it.expect('list_versions_resp_1', versionsOf(it))
  const stateMachineVersionArn = `${first}:1`
  const remove = () => it.sfn.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn }))
  await it.expect('delete_version_resp', remove())
  await it.expect('list_versions_resp_2', versionsOf(it))
  await it.expect('delete_version_resp_after_del', remove())
})

const publish = (it: Replaying) =>
  it.sfn.send(new PublishStateMachineVersionCommand({ stateMachineArn: first }))

test.skipIf(!recordingsPresent)('numbers of versions are not given twice', async () => {
  const it = versioning('test_version_ids_between_deletions')
  await it.expect('creation_resp_1', it.create({ publish: true }))
  await update(it, first, { definition: revised(2) })
  const { stateMachineVersionArn } = await publish(it)
  await it.sfn.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn }))
  await it.expect('publish_res_v2_2', publish(it))
})

test.skipIf(!recordingsPresent)('a revision becomes one version', async () => {
  const it = versioning('test_idempotent_publish')
  await it.expect('creation_resp_1', it.create())
  await it.expect('publish_v1_1', publish(it))
  await it.expect('publish_v1_2', publish(it))
  await it.expect('list_versions_resp', versionsOf(it))
})

test.skipIf(!recordingsPresent).each([
  ['test_empty_revision_with_publish_and_no_publish_on_creation', false],
  ['test_empty_revision_with_publish_and_publish_on_creation', true],
])('what changes nothing makes no revision: %s', async (name, publishes) => {
  const it = versioning(name)
  await it.expect('creation_resp_1', it.create(publishes ? { publish: true } : {}))
  const same = { definition: JSON.stringify(passResult), publish: true }
  await it.expect('update_resp_1', update(it, first, same))
  await it.expect('update_resp_2', update(it, first, same))
})

test.skipIf(!recordingsPresent)('an execution of a version knows its revision', async () => {
  const it = versioning('test_describe_state_machine_for_execution_of_version_with_revision')
  await it.expect('creation_resp_1', it.create())
  await it.expect('update_resp', update(it, first, { definition: revised(2), publish: true }))
  const started = it.sfn.send(new StartExecutionCommand({ stateMachineArn: `${first}:1` }))
  await it.expect('execution_resp', started)
  const { executionArn } = await started
  const describe = new DescribeStateMachineForExecutionCommand({ executionArn })
  await it.expect('describe_resp', it.sfn.send(describe), older)
})

const tags: Readonly<Record<string, { key: string; value: string }[]>> = {
  tag_list0: [],
  tag_list1: [{ key: 'key1', value: 'value1' }],
  tag_list2: [{ key: 'key1', value: '' }],
  tag_list3: [{ key: 'key1', value: 'value1' }],
  tag_list4: [
    { key: 'key1', value: 'value1' },
    { key: 'key2', value: 'value2' },
  ],
}

test.skipIf(!recordingsPresent).each(Object.keys(tags))('tags are set: %s', async (name) => {
  const it = ofMachine('test_sfn_api_tagging', `test_tag_state_machine[${name}]`)
  await it.expect('creation_resp_1', it.create())
  const tag = new TagResourceCommand({ resourceArn: first, tags: tags[name] })
  await it.expect('tag_resource_resp', it.sfn.send(tag))
  const list = new ListTagsForResourceCommand({ resourceArn: first })
  await it.expect('list_resources_res', it.sfn.send(list))
})

test.skipIf(!recordingsPresent)('tags are taken away', async () => {
  const it = ofMachine('test_sfn_api_tagging', 'test_untag_state_machine[tag_keys0]')
  await it.expect('creation_resp_1', it.create())
  const tag = new TagResourceCommand({ resourceArn: first, tags: tags['tag_list1'] })
  await it.expect('tag_resource_resp', it.sfn.send(tag))
  const untag = new UntagResourceCommand({ resourceArn: first, tagKeys: [] })
  await it.expect('untag_resource_resp', it.sfn.send(untag))
  const list = new ListTagsForResourceCommand({ resourceArn: first })
  await it.expect('list_resources_res', it.sfn.send(list))
})

test.skipIf(!recordingsPresent)('versions have no tags', async () => {
  const it = ofMachine('test_sfn_api_tagging', 'test_tag_state_machine_version')
  await it.expect('creation_resp_1', it.create())
  await it.expect('publish_resp', publish(it))
  const resourceArn = `${first}:1`
  const tag = new TagResourceCommand({ resourceArn, tags: tags['tag_list1'] })
  await expect(it.sfn.send(tag)).rejects.toMatchObject({
    name: 'ResourceNotFound',
    message: `Resource not found: '${resourceArn}'`,
  })
})

const jsonata = { ...passResult, QueryLanguage: 'JSONata' }
const definitions: Readonly<Record<string, string>> = {
  EMPTY_STRING: ' ',
  VALID_BASE_PASS: JSON.stringify(passResult),
  VALID_QUERY_LANGUAGE_PASS: JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: 'Pass',
    States: { Pass: { QueryLanguage: 'JSONata', Type: 'Pass', End: true } },
  }),
  INVALID_DOWNGRADE_QUERY_LANGUAGE: JSON.stringify({
    ...jsonata,
    StartAt: 'Pass',
    States: { Pass: { QueryLanguage: 'JSONPath', Type: 'Pass', End: true } },
  }),
}

test.skipIf(!recordingsPresent).each([
  ['test_validate_state_machine_definition_not_a_definition', 'EMPTY_STRING', undefined],
  ['test_validate_state_machine_definition_type_standard', 'VALID_BASE_PASS', 'STANDARD'],
  ['test_validate_state_machine_definition_type_express', 'VALID_BASE_PASS', 'EXPRESS'],
  ['test_validate_state_machine_definition_type_standard', 'VALID_QUERY_LANGUAGE_PASS', 'STANDARD'],
  [
    'test_validate_state_machine_definition_type_standard',
    'INVALID_DOWNGRADE_QUERY_LANGUAGE',
    'STANDARD',
  ],
  [
    'test_validate_state_machine_definition_type_express',
    'INVALID_DOWNGRADE_QUERY_LANGUAGE',
    'EXPRESS',
  ],
] as const)('%s[%s]', async (name, definition, type) => {
  const it = ofMachine('test_sfn_api_validation', `${name}[${definition}]`)
  const validate = new ValidateStateMachineDefinitionCommand({
    definition: definitions[definition],
    type,
  })
  await it.expect('validation_response', it.sfn.send(validate))
})
