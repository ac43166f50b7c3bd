import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  ValidateResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect } from 'vitest'
import { asRecorded } from '../shared/recorded.test-support.ts'
import { messageTwice, noMetadata, recorded, replaying } from './recorded-secrets.test-support.ts'

for (const [name, of] of [
  ['s-c64bdc03', 's-c64bdc03'],
  ['s-c64bdc03', 's-c64bdc03-True'],
  ['Valid/_+=.@-Name', 'Valid/_+=.@-Name'],
  ['Valid/_+=.@-Name-a1b2', 'Valid/_+=.@-Name-a1b2-True'],
  ['Valid/_+=.@-Name-a1b2c3-', 'Valid/_+=.@-Name-a1b2c3-'],
  ['Valid/_+=.@-Name-a1b2c3-', 'Valid/_+=.@-Name-a1b2c3--True'],
] as const) {
  recorded(`a secret is created, read, changed and deleted: ${of}`, async () => {
    const { secretsManager: sm, compare } = replaying(`test_create_and_update_secret[${of}]`, [
      name,
    ])
    const created = await compare(
      'create_secret_rs_1',
      sm.send(
        new CreateSecretCommand({
          Name: name,
          SecretString: 'my_secret',
          Description: 'Testing secret creation.',
        }),
      ),
    )
    const arn = created?.ARN ?? ''
    expect(arn.split('-').at(-1)).toHaveLength(6)
    const get = (SecretId: string) => sm.send(new GetSecretValueCommand({ SecretId }))
    await compare('get_secret_value_rs_1', get(name))
    await compare('describe_secret_rs_1', sm.send(new DescribeSecretCommand({ SecretId: name })))
    await compare('get_secret_value_rs_2', get(arn))
    await compare('get_secret_value_rs_3', get(arn.slice(0, -7)))
    await compare(
      'put_secret_value_rs_1',
      sm.send(new PutSecretValueCommand({ SecretId: name, SecretString: 'new_secret' })),
    )
    await compare('get_secret_value_rs_4', get(name))
    await compare(
      'update_secret_res_1',
      sm.send(
        new UpdateSecretCommand({ SecretId: arn, SecretString: 'test123', Description: 'd1' }),
      ),
    )
    await compare(
      'delete_secret_res_1',
      sm.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true })),
    )
  })
}

recorded('a name that cannot be one is refused by every operation', async () => {
  const { secretsManager: sm, compare } = replaying('test_invalid_secret_name[ Inv *?!]Name\\\\-]')
  const SecretId = ' Inv *?!]Name\\-'
  const calls = [
    sm.send(new CreateSecretCommand({ Name: SecretId, SecretString: 'MySecretString' })),
    sm.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true })),
    sm.send(new DescribeSecretCommand({ SecretId })),
    sm.send(new GetSecretValueCommand({ SecretId })),
    sm.send(new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true })),
    sm.send(new PutSecretValueCommand({ SecretId, SecretString: 'MySecretString' })),
    sm.send(new TagResourceCommand({ SecretId, Tags: [{ Key: 'FirstTag', Value: 'SomeValue' }] })),
    sm.send(new UntagResourceCommand({ SecretId, TagKeys: ['FirstTag'] })),
    sm.send(new UpdateSecretCommand({ SecretId, Description: 'MyNewDescription' })),
    sm.send(new ValidateResourcePolicyCommand({ SecretId, ResourcePolicy: '{}' })),
  ]
  for (const [i, call] of calls.entries()) await compare(`ex_log_${i + 1}`, call)
})

recorded('a secret that is not there is not found', async () => {
  const { secretsManager: sm, compare } = replaying('test_secret_not_found')
  const SecretId = 's-12345678'
  const get = sm.send(new GetSecretValueCommand({ SecretId }))
  await compare('get_secret_value_not_found_ex', get, messageTwice)
  const list = sm.send(new ListSecretVersionIdsCommand({ SecretId }))
  await compare('list_secret_version_ids_not_found_ex', list, messageTwice)
})

for (const operation of ['CreateSecret', 'PutSecretValue']) {
  recorded(`${operation} without a token is refused`, async () => {
    const { secretsManager: sm, content } = replaying(`test_no_client_request_token[${operation}]`)
    // The SDK draws a token where the caller gives none.
    sm.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: Uint8Array; headers: Record<string, string> }
        const { ClientRequestToken: _, ...body } = JSON.parse(Buffer.from(request.body).toString())
        request.body = new Uint8Array(Buffer.from(JSON.stringify(body)))
        request.headers['content-length'] = String(request.body.length)
        return next(args)
      },
      { step: 'build', priority: 'low' },
    )
    const call =
      operation === 'CreateSecret'
        ? sm.send(new CreateSecretCommand({ Name: 'a', SecretString: 's' }))
        : sm.send(new PutSecretValueCommand({ SecretId: 'a', SecretString: 's' }))
    const { Error: error, ResponseMetadata } = await asRecorded(call)
    const { Code: __type, Message } = error as Record<string, string>
    const { HTTPStatusCode: StatusCode } = ResponseMetadata as Record<string, number>
    expect({ Error: { Message, __type }, Metadata: { StatusCode } }).toEqual(
      content['no-client-request-exc'],
    )
  })
}

recorded('the name of a secret that is marked for deletion is taken', async () => {
  const { secretsManager: sm, compare } = replaying(
    'test_exp_raised_on_creation_of_secret_scheduled_for_deletion',
    ['a'],
  )
  const create = () => sm.send(new CreateSecretCommand({ Name: 'a', SecretString: 's' }))
  await create()
  await compare('delete_res', sm.send(new DeleteSecretCommand({ SecretId: 'a' })), noMetadata)
  await compare('invalid_req_ex', create(), messageTwice)
})

recorded('a secret that is marked for deletion can still be deleted at once', async () => {
  const { secretsManager: sm, compare } = replaying('test_force_delete_deleted_secret', ['s-1'])
  const created = await compare(
    'create_secret_response',
    sm.send(new CreateSecretCommand({ Name: 's-1', SecretString: 's' })),
  )
  const SecretId = created?.ARN ?? ''
  await compare('delete_secret_response', sm.send(new DeleteSecretCommand({ SecretId })))
  await compare('describe_secret_response', sm.send(new DescribeSecretCommand({ SecretId })))
  await compare(
    'force_delete_secret_response',
    sm.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true })),
  )
})

for (const name of ['test_create_multi_secrets', 'test_create_multi_secrets_snapshot']) {
  recorded(`secrets are listed in the order of their creation: ${name}`, async () => {
    const names = ['c0c0', 'b1b1', 'a2a2']
    const { cloud, secretsManager: sm, compare } = replaying(name, names)
    for (const Name of names) {
      const Description = 'Testing secrets creation.'
      await sm.send(new CreateSecretCommand({ Name, SecretString: `my_${Name}`, Description }))
      await cloud.advance({ seconds: 1 })
    }
    await compare('list_secrets_res', sm.send(new ListSecretsCommand({})), noMetadata)
    for (const [i, SecretId] of names.entries()) {
      const call = new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true })
      await compare(`delete_secret_res${i}`, sm.send(call), noMetadata)
    }
  })
}

recorded('listing secrets again and again shows the same', async () => {
  const { secretsManager: sm, compare } = replaying(
    'test_call_lists_secrets_multiple_times_snapshots',
    ['s'],
  )
  const Description = 'testing creation of secrets'
  await compare(
    'create_secret_rs_1',
    sm.send(new CreateSecretCommand({ Name: 's', SecretString: 'my_secret', Description })),
  )
  for (const i of [0, 1, 2]) {
    await compare(`list_secrets_res_${i}`, sm.send(new ListSecretsCommand({})), noMetadata)
  }
  await compare(
    'delete_secret_res_1',
    sm.send(new DeleteSecretCommand({ SecretId: 's', ForceDeleteWithoutRecovery: true })),
  )
})

/** As the recording shows bytes. */
function shown(bytes: Uint8Array | undefined): string {
  const text = [...(bytes ?? [])].map((byte) =>
    byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  )
  return `b'${text.join('')}'`
}

for (const [name, first, second] of [
  ['footest-updated1', 'footest', 'updated1'],
  ['tops3cret-updated2', 'tops3cret', 'updated2'],
  ['\\x00\\x01\\x02\\xff-\\xfe\\xfd', '\x00\x01\x02\xff', '\xfe\xfd'],
] as const) {
  recorded(`bytes come back as they were put: ${name}`, async () => {
    const { secretsManager: sm, compare } = replaying(
      `test_change_secret_value_after_creation[${name}]`,
      ['s'],
    )
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
    const get = async () => {
      const { SecretBinary, ...rest } = await sm.send(new GetSecretValueCommand({ SecretId: 's' }))
      return { ...rest, SecretBinary: shown(SecretBinary) }
    }
    await sm.send(new CreateSecretCommand({ Name: 's', SecretBinary: bytes('initial') }))
    await compare('put_secret_value_secret_response', get())
    await sm.send(new PutSecretValueCommand({ SecretId: 's', SecretBinary: bytes(first) }))
    await compare('put_secret_binary_response_updated', get())
    await sm.send(new UpdateSecretCommand({ SecretId: 's', SecretBinary: bytes(second) }))
    await compare('update_secret_binary_response_updated', get())
  })
}
