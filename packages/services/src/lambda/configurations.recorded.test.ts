import {
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  DeleteFunctionUrlConfigCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionUrlConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionUrlConfigsCommand,
  ListProvisionedConcurrencyConfigsCommand,
  ListTagsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionEventInvokeConfigCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda'
import { describe, test } from 'vitest'
import { recordingsPresent } from '../shared/recorded.test-support.ts'
import { functionInput, type Replay, recordedAccount, replay } from './recorded.test-support.ts'

const FunctionName = 'fn'
const file = 'test_lambda_api'
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:${recordedAccount}:function:${name}`

async function made(it: Replay, name = FunctionName, more: object = {}): Promise<Replay> {
  await it.lambda.send(new CreateFunctionCommand({ ...(await functionInput(name)), ...more }))
  await it.cloud.advance({ seconds: 1 })
  return it
}

/** With version 1 and an alias on it, as most of these tests begin. */
async function withAlias(it: Replay, Name: string): Promise<Replay> {
  await it.expect('fn_version_result', it.lambda.send(new PublishVersionCommand({ FunctionName })))
  const alias = it.lambda.send(new CreateAliasCommand({ FunctionName, FunctionVersion: '1', Name }))
  const name = 'fn_alias_result' in it.recorded ? 'fn_alias_result' : 'create_alias_result'
  await it.expect(name, alias)
  return it
}

describe.skipIf(!recordingsPresent)('tags as recorded', () => {
  function tagging({ lambda }: Replay, Resource = arnOf(FunctionName)) {
    return {
      tag: (Tags: Record<string, string>, of = Resource) =>
        lambda.send(new TagResourceCommand({ Resource: of, Tags })),
      untag: (TagKeys: string[], of = Resource) =>
        lambda.send(new UntagResourceCommand({ Resource: of, TagKeys })),
      list: (of = Resource) => lambda.send(new ListTagsCommand({ Resource: of })),
      get: () => lambda.send(new GetFunctionCommand({ FunctionName })),
    }
  }

  test('tags of a new function', async () => {
    const it = await made(
      replay(file, 'TestLambdaTag::test_create_tag_on_fn_create'),
      FunctionName,
      { Tags: { testtag: 'some-value' } },
    )
    const { list, get } = tagging(it)
    await it.expect('get_function_result', get())
    await it.expect('list_tags_result', list())
  })

  for (const id of ['test_tag_lifecycle', 'test_tag_lifecycle[lambda_function]']) {
    test(`tags come and go: ${id}`, async () => {
      const it = await made(replay(file, `TestLambdaTag::${id}`))
      const { tag, untag, list } = tagging(it)
      const step = async (name: string, call: Promise<object>) => {
        await it.expect(`${name}_response`, call)
        await it.expect(`${name}_response_listtags`, list())
      }
      await step('tag_single', tag({ A: 'tag-a' }))
      await step('tag_multiple', tag({ B: 'tag-b', C: 'tag-c' }))
      await step('tag_overlap', tag({ C: 'tag-c-newsuffix', D: 'tag-d' }))
      await step('untag_single', untag(['A']))
      await step('untag_multiple', untag(['B', 'C']))
      await step('untag_nonexisting', untag(['F']))
      await step('untag_existing_and_nonexisting', untag(['D', 'F']))
    })
  }

  test('tags change the revision', async () => {
    const it = await made(replay(file, 'TestLambdaTags::test_tag_lifecycle'), FunctionName, {
      Tags: { key_a: 'value_a' },
    })
    const { tag, untag, list, get } = tagging(it)
    const both = async (name: string) => {
      await it.expect(`list_tags_response_${name}`, list())
      await it.expect(`get_fn_response_${name}`, get())
    }
    await both('postfncreate')
    const more = { key_b: 'value_b', key_c: 'value_c', key_d: 'value_d', key_e: 'value_e' }
    await it.expect('tag_resource_response', tag(more))
    await both('postaddtags')
    await it.expect('tag_resource_overwrite', tag({ key_b: 'value_b', key_c: 'value_x' }))
    await both('overwrite')
    await untag(['key_c', 'key_d'])
    await both('postuntag')
    await untag(['key_a', 'key_b', 'key_e'])
    await both('postuntagall')
    await it.lambda.send(new DeleteFunctionCommand({ FunctionName }))
    await it.expect('list_tags_postdelete', list())
  })

  test('at most fifty tags', async () => {
    const it = await made(replay(file, 'TestLambdaTags::test_tag_limits'))
    const { tag, list, get } = tagging(it)
    const tags = (count: number, from = 0) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`${i + from}_key`, `${i + from}_value`]),
      )
    await it.expect('tag_lambda_too_many_tags', tag(tags(51)))
    await it.expect('tag_response', tag(tags(50)))
    await it.expect('list_tags_response', list())
    await it.expect('get_fn_response', get())
    await it.expect('tag_lambda_too_many_tags_additional', tag({ a_key: 'a_value' }))
    await it.expect('create_function_invalid_tags', made(it, 'other', { Tags: tags(51) }))
  })

  test('versions have no tags', async () => {
    const it = await made(replay(file, 'TestLambdaTags::test_tag_versions'), FunctionName, {
      Publish: true,
    })
    const { tag } = tagging(it)
    await it.expect('tag_resource_exception', tag({ a: 'b' }, `${arnOf(FunctionName)}:1`))
    await it.expect(
      'tag_resource_latest_exception',
      tag({ a: 'b' }, `${arnOf(FunctionName)}:$LATEST`),
    )
  })

  const uuid = '0dd8b3bd-0d0d-4d0d-8d0d-0d0d0d0d0d0d'
  for (const [id, kind, name] of [
    ['lambda_function', 'function', 'nobody'],
    ['event_source_mapping', 'event-source-mapping', uuid],
    ['capacity_provider', 'capacity-provider', 'nobody'],
  ] as const) {
    test(`what tags cannot be put on: ${id}`, async () => {
      const it = replay(file, `TestLambdaTag::test_tag_exceptions[${id}]`)
      const arn = `arn:aws:lambda:us-east-1:${recordedAccount}:${kind}:${name}`
      const { tag, untag, list } = tagging(it, arn)
      await it.expect('not_found_exception_tag', tag({ key: 'value' }))
      await it.expect('not_found_exception_untag', untag(['key']))
      await it.expect('not_found_exception_list', list())
      // The pattern that is quoted has gained kinds since it was recorded.
      const newer = kind === 'function' ? [] : ['Error.Message']
      await it.expect('aliased_arn_exception', tag({ key: 'value' }, `${arn}:alias`), newer)
      const other = `arn:aws:lambda:us-east-1:${recordedAccount}:foobar:${name}`
      await it.expect('invalid_arn_exception', tag({ key: 'value' }, other), ['Error.Message'])
    })
  }
})

describe.skipIf(!recordingsPresent)('asynchronous configuration as recorded', () => {
  function configs({ lambda }: Replay) {
    return {
      put: (more: object, name = FunctionName) =>
        lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: name, ...more })),
      update: (more: object, name = FunctionName) =>
        lambda.send(new UpdateFunctionEventInvokeConfigCommand({ FunctionName: name, ...more })),
      get: (Qualifier?: string, name = FunctionName) =>
        lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: name, Qualifier })),
      remove: (Qualifier?: string, name = FunctionName) =>
        lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: name, Qualifier })),
      list: (name = FunctionName) =>
        lambda.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName: name })),
    }
  }

  test('its life', async () => {
    const it = await made(
      replay(file, 'TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_lifecycle'),
    )
    const { put, update, get, list, remove } = configs(it)
    await it.expect('put_invokeconfig_retries_0', put({ MaximumRetryAttempts: 0 }))
    await it.expect('put_invokeconfig_eventage_60', put({ MaximumEventAgeInSeconds: 60 }))
    await it.expect(
      'update_invokeconfig_eventage_nochange',
      update({ MaximumEventAgeInSeconds: 60 }),
    )
    await it.expect('update_invokeconfig_retries', update({ MaximumRetryAttempts: 1 }))
    await it.expect('get_invokeconfig', get())
    await it.expect('get_invokeconfig_latest', get('$LATEST'))
    await it.expect('list_single_invokeconfig', list())
    await it.expect(
      'publish_version_result',
      it.lambda.send(new PublishVersionCommand({ FunctionName })),
    )
    await it.expect('get_invokeconfig_postpublish', get('1'))
    await it.expect(
      'put_published_invokeconfig',
      put({ Qualifier: '1', MaximumEventAgeInSeconds: 120 }),
    )
    await it.expect('get_published_invokeconfig', get('1'))
    await remove()
    await it.expect('list_paging_nolimit_postdelete', list())
  })

  test('what is refused, and by which names it is found', async () => {
    const id = 'TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_exceptions'
    const it = await withAlias(await made(replay(file, id)), 'eventinvokealias')
    await made(it, 'other')
    const { put, update, get, list, remove } = configs(it)
    const once = { MaximumRetryAttempts: 1 }
    const to = (OnSuccess: string | undefined, more: object = {}) => ({
      ...more,
      DestinationConfig: { OnSuccess: OnSuccess === undefined ? {} : { Destination: OnSuccess } },
    })
    await it.expect('put_functionname_name_notfound', put(once, 'doesnotexist'))
    await it.expect('put_functionname_arn_notfound', put(once, arnOf('doesnotexist')))
    await it.expect('put_functionname_nootherargs', put({}))
    await it.expect('put_destination_lambda_doesntexist', put(to(arnOf('doesnotexist'))))
    await it.expect('put_destination_recursive', put(to(arnOf(FunctionName))))
    await it.expect('put_destination_other_lambda', put(to(arnOf('other'))))
    const iam = `arn:aws:iam:us-east-1:${recordedAccount}:function:${FunctionName}`
    await it.expect('put_destination_invalid_service_arn', put(to(iam)))
    await it.expect('put_destination_success_no_destination_arn', put(to(undefined)))
    await it.expect(
      'put_destination_failure_no_destination_arn',
      put({ DestinationConfig: { OnFailure: {} } }),
    )
    const broken = arnOf(FunctionName).replace(':lambda:', ':_-/!lambda:')
    const invalid = { DestinationConfig: { OnFailure: { Destination: broken } } }
    await it.expect('put_destination_invalid_arn_pattern', put(invalid))
    await it.expect('put_destination_latest', put(once))
    await it.expect(
      'put_destination_latest_explicit_qualifier',
      put({ ...once, Qualifier: '$LATEST' }),
    )
    await it.expect('put_destination_version', put({ ...once, Qualifier: '1' }))
    const alias = 'eventinvokealias'
    await it.expect('put_alias_functionname_qualifier', put({ ...once, Qualifier: alias }))
    await it.expect('put_alias_doesnotexist', put({ ...once, Qualifier: `${alias}doesnotexist` }))
    const arn = `${arnOf(FunctionName)}:${alias}`
    await it.expect('put_alias_qualifiedarn', put(once, arn))
    await it.expect('put_alias_qualifiedarn_qualifier', put({ ...once, Qualifier: alias }, arn))
    const conflict = { ...once, Qualifier: `${alias}doesnotexist` }
    await it.expect('put_alias_qualifiedarn_qualifierconflict', put(conflict, arn))
    const short = `${FunctionName}:${alias}`
    await it.expect('put_alias_shorthand', put(once, short))
    await it.expect('put_alias_shorthand_qualifier', put({ ...once, Qualifier: alias }, short))
    await it.expect('put_alias_shorthand_qualifierconflict', put(conflict, short))
    await it.expect('put_version_shorthand', put(once, `${FunctionName}:1`))
    const latest = `${FunctionName}:$LATEST`
    await it.expect('put_shorthand_qualifier_match', put({ ...once, Qualifier: '$LATEST' }, latest))
    await it.expect('put_shorthand_qualifier_mismatch_1', put({ ...once, Qualifier: '1' }, latest))
    await it.expect(
      'put_shorthand_qualifier_mismatch_2',
      put({ ...once, Qualifier: '$LATEST' }, `${FunctionName}:1`),
    )
    await it.expect(
      'put_shorthand_qualifier_mismatch_3',
      put({ ...once, Qualifier: '$LATEST' }, short),
    )
    const most = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600 }
    await it.expect('put_maxevent_maxvalue_result', put(most))
    const minute = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 }
    await it.expect('put_pre_overwrite', put(minute))
    await it.expect('put_post_overwrite', put({ MaximumRetryAttempts: 0 }))
    await it.expect('second_overwrite_existing_response', put({ MaximumRetryAttempts: 0 }))
    await it.expect('get_post_overwrite', get())
    await it.expect('pre_update_response', put(minute))
    await it.expect('update_response', update({ MaximumRetryAttempts: 0 }))
    await it.expect('update_response_existing', update({ MaximumRetryAttempts: 0 }))
    await it.expect('list_configs', list())
    await it.expect('delete_latest', remove('$LATEST'))
    await it.expect('delete_version', remove('1'))
    await it.expect('delete_alias', remove(alias))
    await it.expect('list_configs_postdelete', list())
    await it.expect('delete_function_not_found', remove())
    await it.expect('delete_function_doesnotexist', remove(undefined, 'doesnotexist'))
    await it.expect('list_function_doesnotexist', list('doesnotexist'))
    await it.expect('get_function_doesnotexist', get(undefined, 'doesnotexist'))
    await it.expect('get_qualifier_doesnotexist', get('doesnotexist'))
    await it.expect('update_eventinvokeconfig_function_doesnotexist', update(once, 'doesnotexist'))
    await it.expect('get_eventinvokeconfig_doesnotexist', get(alias))
    await it.expect(
      'update_eventinvokeconfig_config_doesnotexist_with_qualifier',
      update({ ...once, Qualifier: alias }),
    )
    await it.expect('update_eventinvokeconfig_config_doesnotexist_without_qualifier', update(once))
  })
})

describe.skipIf(!recordingsPresent)('concurrency as recorded', () => {
  function reserved({ lambda }: Replay) {
    return {
      put: (ReservedConcurrentExecutions: number, name = FunctionName) =>
        lambda.send(
          new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions }),
        ),
      get: () => lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })),
      remove: () => lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName })),
    }
  }

  test('a reservation', async () => {
    const it = await made(
      replay('test_lambda', 'TestLambdaConcurrency::test_lambda_concurrency_crud'),
    )
    const { put, get, remove } = reserved(it)
    await it.expect('get_function_concurrency_default', get())
    await it.expect('put_function_concurrency', put(0))
    await it.expect('get_function_concurrency_updated', get())
    await remove()
    await it.expect('get_function_concurrency_deleted', get())
  })

  test('what may not be reserved', async () => {
    const it = await made(
      replay(file, 'TestLambdaReservedConcurrency::test_function_concurrency_exceptions'),
    )
    const { put } = reserved(it)
    await it.expect(
      'put_function_concurrency_with_function_name_doesnotexist',
      put(1, 'doesnotexist'),
    )
    await it.expect(
      'put_function_concurrency_with_function_name_doesnotexist_and_invalid_concurrency',
      put(0, 'doesnotexist'),
    )
    await it.expect(
      'put_function_concurrency_with_qualified_arn',
      put(1, `${arnOf(FunctionName)}:$LATEST`),
    )
    const limits = replay(file, 'TestLambdaReservedConcurrency::test_function_concurrency_limits')
    await limits.expect('put_function_concurrency_account_limit_exceeded', put(1001))
    await limits.expect('put_function_concurrency_below_unreserved_min_value', put(901))
  })

  function ahead({ lambda }: Replay) {
    return {
      put: (Qualifier: string, ProvisionedConcurrentExecutions = 1) =>
        lambda.send(
          new PutProvisionedConcurrencyConfigCommand({
            FunctionName,
            Qualifier,
            ProvisionedConcurrentExecutions,
          }),
        ),
      get: (Qualifier: string) =>
        lambda.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier })),
      remove: (Qualifier: string) =>
        lambda.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier })),
      list: () => lambda.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName })),
    }
  }

  test('environments that are provisioned', async () => {
    const it = await made(
      replay(file, 'TestLambdaProvisionedConcurrency::test_lambda_provisioned_lifecycle'),
    )
    const { put, get, remove, list } = ahead(it)
    await it.expect(
      'publish_version_result',
      it.lambda.send(new PublishVersionCommand({ FunctionName })),
    )
    const alias = it.lambda.send(
      new CreateAliasCommand({ FunctionName, FunctionVersion: '1', Name: 'live' }),
    )
    await it.expect('create_alias_result', alias)
    await it.expect('put_provisioned_on_version', put('1'))
    await it.expect('put_provisioned_on_alias_versionconflict', put('live'))
    await it.expect('delete_provisioned_version', remove('1'))
    await it.expect('get_provisioned_version_postdelete', get('1'))
    await it.expect('put_provisioned_on_alias', put('live'))
    await it.expect('put_provisioned_on_version_conflict', put('1'))
    const gone = it.lambda.send(new DeleteAliasCommand({ FunctionName, Name: 'live' }))
    await it.expect('delete_alias_result', gone)
    await it.expect('get_provisioned_alias_postaliasdelete', get('live'))
    await it.expect('list_response_postdeletes', list())
    const limits = replay(
      file,
      'TestLambdaProvisionedConcurrency::test_provisioned_concurrency_limits',
    )
    await limits.expect('put_provisioned_concurrency_account_limit_exceeded', put('1', 1001))
    await limits.expect('put_provisioned_concurrency_below_unreserved_min_value', put('1', 901))
  })

  for (const [id, qualifier] of [
    ['test_provisioned_concurrency', '1'],
    ['test_provisioned_concurrency_on_alias', 'live'],
  ] as const) {
    test(`they take a while: ${id}`, async () => {
      const it = replay('test_lambda', `TestLambdaConcurrency::${id}`, {
        'handler.handler': () => 1,
      })
      await made(it, FunctionName, { Publish: true })
      await it.lambda.send(
        new CreateAliasCommand({ FunctionName, FunctionVersion: '1', Name: 'live' }),
      )
      const { put, get } = ahead(it)
      await it.expect('put_provisioned_5', put(qualifier, 5))
      await it.expect('get_provisioned_prewait', get(qualifier))
      await it.cloud.advance({ seconds: 2 })
      await it.expect('get_provisioned_postwait', get(qualifier))
    })
  }
})

describe.skipIf(!recordingsPresent)('function URLs as recorded', () => {
  const host = 'test_lambda_api'

  function urls({ lambda }: Replay) {
    return {
      create: (more: object = {}) =>
        lambda.send(
          new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE', ...more }),
        ),
      get: (more: object = {}) =>
        lambda.send(new GetFunctionUrlConfigCommand({ FunctionName, ...more })),
      update: (more: object = {}) =>
        lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName, ...more })),
      remove: (more: object = {}) =>
        lambda.send(new DeleteFunctionUrlConfigCommand({ FunctionName, ...more })),
      list: (name = FunctionName) =>
        lambda.send(new ListFunctionUrlConfigsCommand({ FunctionName: name })),
    }
  }

  test('their life', async () => {
    const it = await made(replay(host, 'TestLambdaUrl::test_url_config_lifecycle'))
    const { create, get, update, remove } = urls(it)
    await it.expect('url_creation', create())
    await it.expect('failed_duplication', create())
    await it.expect('get_url_config', get())
    await it.expect('updated_url_config', update({ AuthType: 'AWS_IAM' }))
    await remove()
    await it.expect('failed_getter', get())
  })

  test('the mode in which they answer', async () => {
    const it = await made(
      replay('test_lambda', 'TestLambdaURL::test_lambda_update_function_url_config'),
    )
    const { create, get, update } = urls(it)
    await it.expect('create_lambda_url_config', create({ InvokeMode: 'BUFFERED' }))
    await it.expect('get_url_config', get())
    const streamed = { AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' }
    await it.expect('modify_lambda_url_config', update(streamed))
    await it.expect('get_url_config_2', get())
    await it.expect('modify_lambda_url_config_none', update({ AuthType: 'NONE' }))
    await it.expect('get_url_config_3', get())
  })

  test('their list', async () => {
    const it = await withAlias(await made(listing()), 'urlalias')
    const { create, list } = urls(it)
    await it.expect('list_function_notfound', list('doesnotexist'))
    await it.expect('list_all_empty', list())
    await it.expect('url_config_fn', create())
    await it.expect('url_config_alias', create({ Qualifier: 'urlalias' }))
    await it.expect('list_all', list())
  })

  /** The recorded function is of another language. */
  function listing(id = 'test_url_config_list_paging') {
    const it = replay(host, `TestLambdaUrl::${id}`)
    const recorded = it.recorded['fn_version_result'] as Record<string, unknown>
    it.recorded['fn_version_result'] = {
      ...recorded,
      Runtime: 'python3.12',
      Handler: 'handler.handler',
    }
    return it
  }

  test('what is refused', async () => {
    const it = await withAlias(await made(listing('test_url_config_exceptions')), 'urlalias')
    const operations = urls(it)
    for (const [name, call] of [
      ['create', operations.create],
      ['get', operations.get],
      ['delete', operations.remove],
      ['update', operations.update],
    ] as const) {
      const refused = async (what: string, more: object) => {
        const given = name === 'update' ? { AuthType: 'AWS_IAM', ...more } : more
        await it.expect(`${name}_function_url_config_${what}`, call(given))
      }
      const none = { FunctionName: 'doesnotexist' }
      await refused('name_doesnotexist', none)
      await refused('arn_doesnotexist', { FunctionName: arnOf('doesnotexist') })
      await refused('name_doesnotexist_qualifier', { ...none, Qualifier: '1' })
      await refused('qualifier_version', { Qualifier: '1' })
      await refused('qualifier_version_doesnotexist', { Qualifier: '2' })
      await refused('qualifier_alias_doesnotexist', { Qualifier: 'doesnotexist' })
      if (name !== 'delete') {
        // AWS failed by itself where a URL was to be deleted so.
        const arn = `${arnOf(FunctionName)}:urlalias-doesnotexist`
        await refused('qualifier_alias_doesnotmatch_arn', {
          FunctionName: arn,
          Qualifier: 'urlalias',
        })
      }
      await refused('qualifier_latest', { Qualifier: '$LATEST' })
      if (name !== 'create') await refused('config_doesnotexist', {})
    }
  })
})
