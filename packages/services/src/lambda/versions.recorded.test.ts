import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { describe, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { zipOf } from './functions.test-support.ts'
import {
  functionInput,
  plainInput,
  type Replay,
  recordedAccount,
  replay,
} from './recorded.test-support.ts'

const FunctionName = 'fn'
const file = 'test_lambda_api'

function calls({ lambda, cloud }: Replay) {
  return {
    settle: () => cloud.advance({ seconds: 1 }),
    create: async (more: Record<string, unknown> = {}) =>
      await lambda.send(new CreateFunctionCommand(await plainInput(FunctionName, more))),
    get: (Qualifier?: string, name = FunctionName) =>
      lambda.send(new GetFunctionCommand({ FunctionName: name, Qualifier })),
    list: () => lambda.send(new ListVersionsByFunctionCommand({ FunctionName })),
    publish: (more: object = {}) =>
      lambda.send(new PublishVersionCommand({ FunctionName, ...more })),
    configure: (more: object) =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...more })),
    createAlias: (Name: string, more: object = {}) =>
      lambda.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion: '1', ...more })),
    updateAlias: (Name: string, more: object = {}) =>
      lambda.send(new UpdateAliasCommand({ FunctionName, Name, ...more })),
    getAlias: (Name: string) => lambda.send(new GetAliasCommand({ FunctionName, Name })),
    deleteAlias: (Name: string) => lambda.send(new DeleteAliasCommand({ FunctionName, Name })),
    aliases: (FunctionVersion?: string) =>
      lambda.send(new ListAliasesCommand({ FunctionName, FunctionVersion })),
  }
}

describe.skipIf(!recordingsPresent)('versions as recorded', () => {
  test('a version that is published with the function', async () => {
    const it = replay(file, 'TestLambdaVersions::test_publish_version_on_create')
    const { create, get, list, publish, settle } = calls(it)
    await it.expect('create_response', create({ Publish: true }))
    await settle()
    await it.expect('get_function_result', get())
    await it.expect('get_function_version_result', get('1'))
    await it.expect('get_function_latest_result', get('$LATEST'))
    await it.expect('list_versions_result', list())
    await it.expect('repeated_publish_response', publish())
    await it.expect('list_versions_result_after_publish', list())
  })

  test('the life of versions', async () => {
    const it = replay(file, 'TestLambdaVersions::test_version_lifecycle')
    const { create, get, list, publish, settle, configure } = calls(it)
    await it.expect('create_response', create({ Description: 'No version :(' }))
    await settle()
    await it.expect('get_function_result', get())
    await it.expect('list_versions_result', list())
    await it.expect('first_update_response', configure({ Description: 'First version :)' }))
    await settle()
    await it.expect('first_update_get_function', get())
    const Description = 'First version description :)'
    await it.expect('first_publish_response', publish({ Description }))
    await it.expect('first_publish_get_function', get('1'))
    await it.expect(
      'first_publish_get_function_config',
      it.lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier: '1' })),
    )
    await it.expect('second_update_response', configure({ Description: 'Second version :))' }))
    await settle()
    await it.expect('first_publish_get_function_after_update', get('1'))
    await it.expect('second_publish_response', publish())
    await it.expect('third_publish_response', publish())
    await it.expect('list_versions_result_after_third_publish', list())
    await it.lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '1' }))
    await it.expect('list_versions_result_after_deletion_of_first_version', list())
  })

  test('a version that is published with new code', async () => {
    const it = replay(file, 'TestLambdaVersions::test_publish_with_update')
    const { create, get, settle } = calls(it)
    await it.expect('create_response', create())
    await settle()
    await it.expect('get_function_result', get())
    const ZipFile = await zipOf({ 'handler.py': 'two' })
    await it.expect(
      'update_function_code_result',
      it.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile, Publish: true })),
    )
    await it.expect('get_function_version_result', get('1'))
    await it.expect('get_function_latest_result', get('$LATEST'))
  })

  /** What answers show since the recording of 2022. */
  const newer = ['LoggingConfig', 'RuntimeVersionConfig', 'SnapStart']

  test('a revision that is not the newest', async () => {
    const it = replay(file, 'TestLambdaVersions::test_publish_with_wrong_revisionid')
    const { create, get, publish, settle } = calls(it)
    const old = { Runtime: 'python3.9' }
    await it.expect('create_response', create(old), newer)
    await settle()
    await it.expect(
      'get_fn_response',
      get(),
      newer.map((name) => `Configuration.${name}`),
    )
    await it.expect('publish_wrong_revisionid_exc', publish({ RevisionId: 'wrong' }))
    const { Configuration } = await get()
    await it.expect('publish_result', publish({ RevisionId: Configuration?.RevisionId }), newer)
  })

  test('revisions of functions, versions and aliases', async () => {
    const it = replay(file, 'TestLambdaRevisions::test_function_revisions_version_and_alias')
    const { get, publish, settle, createAlias, updateAlias } = calls(it)
    const created = it.recorded['create_function_response_rev1'] as {
      CreateFunctionResponse: object
    }
    it.recorded['create_function_response_rev1'] = created.CreateFunctionResponse
    const make = it.lambda.send(new CreateFunctionCommand(await functionInput(FunctionName)))
    await it.expect('create_function_response_rev1', make)
    await settle()
    await it.expect('get_function_active_rev2', get())
    await it.expect('publish_version_revision_exception', publish({ RevisionId: 'wrong' }))
    const { Configuration } = await get()
    await it.expect(
      'publish_version_response_rev_v1',
      publish({ RevisionId: Configuration?.RevisionId }),
    )
    await it.expect('get_function_published_version_rev_v2', get('1'))
    await it.expect('get_function_latest_rev3', get())
    const alias = await it.expect('create_alias_response_rev_a1', createAlias('revision_alias'))
    await it.expect('get_function_latest_rev4', get())
    await it.expect('get_function_published_version_rev_v3', get('1'))
    const update = (RevisionId: unknown) =>
      updateAlias('revision_alias', { RevisionId, Description: 'something changed' })
    await it.expect('update_alias_revision_exception', update('wrong'))
    await it.expect('update_alias_response_rev_a2', update(alias['RevisionId']))
  })
})

describe.skipIf(!recordingsPresent)('aliases as recorded', () => {
  test('the life of aliases', async () => {
    const it = replay(file, 'TestLambdaAlias::test_alias_lifecycle')
    const { create, get, publish, settle, configure, ...alias } = calls(it)
    const { createAlias, getAlias, updateAlias, aliases } = alias
    const env = (testenv: string) => ({ Environment: { Variables: { testenv } } })
    await it.expect('create_response', create(env('staging')))
    await settle()
    await it.expect('publish_v1', publish())
    await configure(env('prod'))
    await settle()
    await it.expect('publish_v2', publish())
    const Description = 'custom-alias'
    const RoutingConfig = { AdditionalVersionWeights: { '2': 0.2 } }
    await it.expect('create_alias_1_1', createAlias('aliasname1_1', { Description, RoutingConfig }))
    await it.expect('get_alias_1_1', getAlias('aliasname1_1'))
    await it.expect('get_function_alias_1_1', get('aliasname1_1'))
    const arn = `arn:aws:lambda:us-east-1:${recordedAccount}:function:${FunctionName}`
    await it.expect('get_function_byarn_alias_1_1', get(undefined, `${arn}:aliasname1_1`))
    await it.expect('get_function_alias_notfound_exc', get('aliasdoesnotexist'))
    await it.expect(
      'get_function_alias_byarn_notfound_exc',
      get(undefined, `${arn}:aliasdoesnotexist`),
    )
    await it.expect('create_alias_1_2', createAlias('aliasname1_2', { Description }))
    await it.expect('get_alias_1_2', getAlias('aliasname1_2'))
    await it.expect('create_alias_1_3', createAlias('aliasname1_3'))
    await it.expect('get_alias_1_3', getAlias('aliasname1_3'))
    await it.expect(
      'create_alias_2',
      createAlias('aliasname2', { Description, FunctionVersion: '2' }),
    )
    await it.expect('get_alias_2', getAlias('aliasname2'))
    // The recorded test keeps the pages' aliases alone.
    await it.expect('list_aliases_for_fnname', aliases(), ['ResponseMetadata'])
    const none = { RoutingConfig: { AdditionalVersionWeights: {} } }
    await it.expect('update_alias_1_1', updateAlias('aliasname1_1', none))
    await it.expect('get_alias_1_1_after_update', getAlias('aliasname1_1'))
    await it.expect('list_aliases_for_fnname_after_update', aliases())
    await it.expect('update_alias_1_2', updateAlias('aliasname1_2'))
    await it.expect('get_alias_1_2_after_update', getAlias('aliasname1_2'))
    await it.expect('list_aliases_for_fnname_after_update_2', aliases())
    await it.expect('list_aliases_for_version', aliases('1'))
    await it.expect('delete_alias_response', alias.deleteAlias('aliasname1_1'))
    await it.expect('list_aliases_for_fnname_afterdelete', aliases())
  })

  const staging = { Environment: { Variables: { testenv: 'staging' } } }

  test('names of aliases', async () => {
    const it = replay(file, 'TestLambdaAlias::test_alias_naming')
    const { create, publish, settle, createAlias, getAlias } = calls(it)
    await it.expect('create_response', create(staging))
    await settle()
    await it.expect('publish_v1', publish())
    const Description = 'custom-alias'
    await it.expect('create_alias_date', createAlias('2024-01-02', { Description }))
    await it.expect('get_alias_date', getAlias('2024-01-02'))
    await it.expect('create_alias_number_exception', createAlias('2024', { Description }))
  })

  test('an alias that is not there', async () => {
    const gone = replay(file, 'TestLambdaAlias::test_non_existent_alias_deletion')
    const first = calls(gone)
    await gone.expect('create_response', first.create(staging))
    await gone.expect('delete_alias_response', first.deleteAlias('non-existent'))
    const missing = replay(file, 'TestLambdaAlias::test_non_existent_alias_update')
    const second = calls(missing)
    await missing.expect('create_response', second.create(staging))
    await missing.expect('update_alias_response', second.updateAlias('non-existent'))
  })
})

describe.skipIf(!recordingsPresent)('permissions as recorded', () => {
  const bucket = 'arn:aws:s3:::some-bucket'

  function policies({ lambda }: Replay) {
    const Action = 'lambda:InvokeFunction'
    return {
      add: (StatementId: string, more: object = {}) => {
        const from = { Principal: 's3.amazonaws.com', SourceArn: bucket }
        const given = { FunctionName, StatementId, Action, ...from, ...more }
        return lambda.send(new AddPermissionCommand(given))
      },
      policy: (Qualifier?: string) =>
        lambda.send(new GetPolicyCommand({ FunctionName, Qualifier })),
    }
  }

  test('what becomes of the parameters', async () => {
    const it = replay(file, 'TestLambdaPermissions::test_add_lambda_permission_fields')
    await calls(it).create()
    const add = (StatementId: string, more: object) =>
      it.lambda.send(
        new AddPermissionCommand({
          FunctionName,
          StatementId,
          Action: 'lambda:InvokeFunction',
          Principal: '*',
          ...more,
        }),
      )
    const SourceAccount = recordedAccount
    await it.expect('add_permission_principal_wildcard', add('wilcard', { SourceAccount }))
    const service = { Principal: 'lambda.amazonaws.com', SourceAccount }
    await it.expect('add_permission_principal_service', add('lambda', service))
    await it.expect(
      'add_permission_principal_account',
      add('account-id', { Principal: recordedAccount }),
    )
    const user = { Principal: `arn:aws:iam::${recordedAccount}:user/someone`, SourceAccount }
    await it.expect('add_permission_principal_arn', add('user-arn', user))
    await it.expect(
      'add_permission_optional_fields',
      add('urlPermission', {
        Action: 'lambda:InvokeFunctionUrl',
        SourceArn: bucket,
        SourceAccount,
        PrincipalOrgID: 'o-1234567890',
        FunctionUrlAuthType: 'NONE',
      }),
    )
    const EventSourceToken = 'amzn1.ask.skill.xxxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'
    await it.expect('add_permission_alexa_skill', add('alexaSkill', { EventSourceToken }))
  })

  test('versions have policies of their own', async () => {
    const it = replay(file, 'TestLambdaPermissions::test_lambda_permission_versioning')
    const { create, publish, settle } = calls(it)
    const { add, policy } = policies(it)
    await create()
    await settle()
    await it.expect('add_permission', add('s3'))
    await it.expect('get_policy', policy())
    await publish()
    await it.expect('get_policy_after_publishing_latest', policy())
    await it.expect('get_policy_after_publishing_new_version', policy('1'))
    await add('s3', { Qualifier: '1' })
    await it.expect('get_policy_after_adding_to_new_version', policy())
    await add('s3_2')
    await it.expect('get_policy_after_adding_2', policy())
  })

  test('a revision that is not the newest', async () => {
    const it = replay(file, 'TestLambdaRevisions::test_function_revisions_permissions')
    await calls(it).create()
    const { add } = policies(it)
    await it.expect('add_permission_revision_exception', add('s3', { RevisionId: 'wrong' }))
  })

  test('a policy has the revision of its function or version', async () => {
    const it = replay(file, 'TestLambdaPermissions::test_lambda_permission_revisions')
    const { create, publish, settle, get } = calls(it)
    const { add, policy } = policies(it)
    const old = { Runtime: 'python3.8', Timeout: 30, Handler: 'handler.handler' }
    await create({ ...old, Environment: { Variables: {} } })
    await settle()
    // In 2022 the words named another API. Newer: `test_function_revisions_permissions`.
    const words = ['Error.Message']
    await it.expect(
      'add_permission_revision_id_doesnotmatch',
      add('s3', { RevisionId: 'wrong' }),
      words,
    )
    await add('s3')
    const remove = it.lambda.send(
      new RemovePermissionCommand({ FunctionName, StatementId: 's3', RevisionId: 'wrong' }),
    )
    await it.expect('remove_permission_fn_revision_id_doesnotmatch', remove, words)
    await publish()
    await add('s3_2')
    await add('s3_2', { Qualifier: '1' })
    await it.expect('get_policy_after_publish_version', policy())
    await it.expect('get_policy_v1_after_publish_version', policy('1'))
    // What answers show since; and the runtime, which the recorded test changes in between.
    const newer = ['LoggingConfig', 'RuntimeVersionConfig', 'SnapStart', 'Runtime']
    const ignore = newer.map((name) => `Configuration.${name}`)
    await it.expect('get_function_fn8', get(), ignore)
    await it.expect('get_function_fn8_v1', get('1'), ignore)
    await add('s3_3', { Qualifier: '1' })
    await it.expect('get_function_fn9', get(), ignore)
    await it.expect('get_function_fn9_v1', get('1'), ignore)
    await it.expect('get_policy_v1_after_add_permission9', policy('1'))
  })
})
