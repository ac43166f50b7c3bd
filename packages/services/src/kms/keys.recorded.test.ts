import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  GetParametersForImportCommand,
  type KeySpec,
  KMSClient,
  ListResourceTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-kms'
import { client } from '@cloud-orrery/cloud'
import { expect } from 'vitest'
import { asRecorded } from '../shared/recorded.test-support.ts'
import { newKey, recorded, replayed } from './keys.test-support.ts'

const unknownId = '134f2428-cec1-4b25-a1ae-9048164dba47'

recorded('a key is known in its own Region alone', async () => {
  const { cloud, kms, answers, bindings } = replayed('TestKMS::test_get_key_in_different_region')
  const there = client(cloud, KMSClient, { region: 'us-west-2' })
  const { KeyId, arn } = await newKey(there, { Description: 'test key 123' })
  bindings.set('<secondary-region>', 'us-west-2')
  bindings.set('<key-id:1>', KeyId)
  const describe = (of: KMSClient, id: string) => of.send(new DescribeKeyCommand({ KeyId: id }))
  await answers('describe-key-diff-region-with-id', describe(kms, KeyId))
  await answers('describe-key-diff-region-with-arn', describe(kms, arn))
  await answers('describe-key-same-specific-region-with-id', describe(there, KeyId))
  await answers('describe-key-same-specific-region-with-arn', describe(there, arn))
})

recorded('a key that is not there is named by its ARN', async () => {
  const { kms, answers, bindings } = replayed('TestKMS::test_get_key_does_not_exist')
  const prefix = 'arn:aws:kms:us-east-1:111111111111:key/'
  const mrk = 'mrk-d3b95762d3b95762d3b95762d3b95762'
  bindings.set('<key-arn>', prefix + unknownId)
  bindings.set('<mrk-key-arn>', prefix + mrk)
  const describe = (KeyId: string) => kms.send(new DescribeKeyCommand({ KeyId }))
  await answers('describe-nonexistent-key-with-id', describe(unknownId))
  await answers('describe-nonexistent-with-arn', describe(prefix + unknownId))
  await answers('describe-key-with-valid-id-mrk', describe(mrk))
})

recorded('what is no id of a key is called invalid', async () => {
  const { kms, answers } = replayed('TestKMS::test_get_key_invalid_uuid')
  const describe = (KeyId: string) => kms.send(new DescribeKeyCommand({ KeyId }))
  await answers('describe-key-with-invalid-uuid', describe('fake-key-id'))
  await answers('describe-key-with-invalid-uuid-2', describe(unknownId.replaceAll('-', '')))
  await answers('describe-key-with-invalid-uuid-mrk', describe('mrk-fake-key-id'))
})

recorded('an alias needs its prefix', async () => {
  const { kms, answers, key } = replayed('TestKMS::test_create_alias')
  const { KeyId } = await key()
  const create = new CreateAliasCommand({ AliasName: 'noprefix', TargetKeyId: KeyId })
  await answers('create_alias', kms.send(create))
})

recorded('a key is described by the ARN of its alias', async () => {
  const { kms, answers, is } = replayed('TestKMS::test_describe_with_alias_arn')
  const Description = 'test - description'
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description }))
  is('created-key', KeyMetadata)
  const AliasName = 'alias/some'
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId ?? '' }))
  const KeyId = `arn:aws:kms:us-east-1:111111111111:${AliasName}`
  await answers('describe-key', kms.send(new DescribeKeyCommand({ KeyId })))
})

recorded('an HMAC key has its algorithm', async () => {
  const { kms, is } = replayed('TestKMS::test_hmac_create_key')
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      Description: 'test key',
      KeySpec: 'HMAC_256',
      KeyUsage: 'GENERATE_VERIFY_MAC',
    }),
  )
  is('create-hmac-key', KeyMetadata)
  const { KeyMetadata: found } = await kms.send(
    new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId ?? '' }),
  )
  is('describe-key', found)
})

recorded('a spec goes with a usage', async () => {
  const { kms, answers, facts } = replayed('TestKMS::test_hmac_create_key_invalid_operations')
  const create = (spec: string, KeyUsage?: string) =>
    kms.send(
      // Values that the SDK's types don't have.
      new CreateKeyCommand({ KeySpec: spec as KeySpec, KeyUsage: KeyUsage as 'ENCRYPT_DECRYPT' }),
    )
  await answers('create-hmac-key-without-key-usage', create('HMAC_256'))
  // The recordings list the enums of their day; today's model has more values. The words before are the same.
  const beforeTheList = async (step: string, call: Promise<object>) => {
    const told = (answer: unknown) => {
      const { Error: error } = answer as { Error: { Code: string; Message: string } }
      return [error.Code, error.Message.slice(0, error.Message.indexOf('['))]
    }
    expect(told(await asRecorded(call))).toEqual(told(facts[step]))
  }
  await beforeTheList('create-hmac-key-invalid-spec', create('HMAC_random', 'GENERATE_VERIFY_MAC'))
  await beforeTheList('create-hmac-key-invalid-key-usage', create('HMAC_256', 'RANDOM'))
})

const tags = (...pairs: [string, string][]) =>
  pairs.map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
const two = tags(['tag1', 'value1'], ['tag2', 'value2'])
const three = [...two, ...tags(['tag3', 'value3'])]

/** A key with tags put on it: as it is made, or after. */
async function tagged(name: string, Tags: ReturnType<typeof tags>, atCreation = false) {
  const replay = replayed(name)
  const { kms } = replay
  const { KeyId } = await replay.key(atCreation ? { Tags } : {})
  if (!atCreation) await kms.send(new TagResourceCommand({ KeyId, Tags }))
  return {
    ...replay,
    KeyId,
    list: async () => (await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags,
    untag: (...TagKeys: string[]) => kms.send(new UntagResourceCommand({ KeyId, TagKeys })),
  }
}

recorded.each([
  ['TestKMS::test_tag_existing_key_and_untag', false],
  ['TestKMS::test_create_key_with_tag_and_untag', true],
])('tags come and go: %s', async (name, atCreation) => {
  const { is, list, untag } = await tagged(name, two, atCreation)
  is('list-resource-tags', await list())
  await untag('tag1', 'tag2')
  is('list-resource-tags-after-all-untagged', await list())
})

recorded('one tag of several goes', async () => {
  const { is, list, untag } = await tagged('TestKMS::test_untag_key_partially', three)
  is('list-resource-tags', await list())
  await untag('tag2')
  is('list-resource-tags-after-partially-untagged', await list())
})

recorded('a tag is set anew', async () => {
  const name = 'TestKMS::test_update_and_add_tags_on_tagged_key'
  const { kms, KeyId, is, list } = await tagged(name, three, true)
  is('list-resource-tags', await list())
  const Tags = tags(['tag2', 'updated_value2'], ['tag4', 'value4'], ['tag5', 'value5'])
  await kms.send(new TagResourceCommand({ KeyId, Tags }))
  is('list-resource-tags-after-tags-updated', await list())
})

recorded('a tag is given once', async () => {
  const name = 'TestKMS::test_tag_key_with_duplicate_tag_keys_raises_error'
  const { kms, key, answers } = replayed(name)
  const { KeyId } = await key()
  const Tags = tags(['topic', 'my first'], ['topic', 'again'])
  await answers('duplicate-tag-keys', kms.send(new TagResourceCommand({ KeyId, Tags })))
})

recorded("a tag's value has at most 256 characters", async () => {
  const { kms, key, answers } = replayed('TestKMS::test_key_with_long_tag_value_raises_error')
  const { KeyId } = await key()
  const Tags = tags(['tag', 'v'.repeat(257)])
  await answers('too-long-tag-value', kms.send(new TagResourceCommand({ KeyId, Tags })))
})

recorded.each([
  ['lowercase_prefix', 'aws:key1'],
  ['uppercase_prefix', 'AWS:key1'],
  ['too_long_key', 'a'.repeat(129)],
])("AWS's own tags, and too long ones, are refused: %s", async (variant, name) => {
  const { kms, answers } = replayed(`TestKMS::test_create_key_with_invalid_tag_key[${variant}]`)
  const Tags = tags([name, 'value1'])
  await answers('invalid-tag-key', kms.send(new CreateKeyCommand({ Tags })))
})

recorded.each([
  ['TestKMS::test_get_parameters_for_import', 'response-error'],
  [
    'TestKMS::test_get_parameters_for_import_raises_for_non_external_kms_keys',
    'get-import-parameters-error',
  ],
])('a key with material of its own takes no other: %s', async (name, step) => {
  const { kms, key, answers, bindings } = replayed(name)
  const { KeyId, arn } = await key()
  bindings.set('<key-arn>', arn)
  const get = new GetParametersForImportCommand({
    KeyId,
    WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    WrappingKeySpec: 'RSA_2048',
  })
  await answers(step, kms.send(get))
})
