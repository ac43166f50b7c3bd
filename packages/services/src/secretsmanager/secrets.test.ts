import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  type GetRandomPasswordCommandInput,
  GetSecretValueCommand,
  ListSecretsCommand,
  type ListSecretsCommandInput,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { secrets, versions } from './state.ts'

function start(options: { seed?: number } = {}) {
  const cloud = createCloud({ deepFreeze: true, ...options })
  const sm = client(cloud, SecretsManagerClient)
  const SecretId = 's'
  return {
    cloud,
    sm,
    create: (input: Partial<CreateSecretCommandInput> = {}) =>
      sm.send(new CreateSecretCommand({ Name: SecretId, SecretString: 'first', ...input })),
    put: (SecretString: string, more: object = {}) =>
      sm.send(new PutSecretValueCommand({ SecretId, SecretString, ...more })),
    get: (more: object = {}) => sm.send(new GetSecretValueCommand({ SecretId, ...more })),
    describe: () => sm.send(new DescribeSecretCommand({ SecretId })),
  }
}

const tokenA = 'a'.repeat(32)
const tokenB = 'b'.repeat(32)

test('a token makes one version, whoever sends it again', async () => {
  const { create, put, get } = start()
  const first = await create({ ClientRequestToken: tokenA })
  expect((await create({ ClientRequestToken: tokenA })).ARN).toBe(first.ARN)
  await put('second', { ClientRequestToken: tokenB })
  await put('second', { ClientRequestToken: tokenB })
  await expect(put('other', { ClientRequestToken: tokenB })).rejects.toMatchObject({
    name: 'ResourceExistsException',
    message: 'A resource with the ID you requested already exists.',
  })
  expect((await get()).VersionId).toBe(tokenB)
  await expect(create()).rejects.toMatchObject({
    name: 'ResourceExistsException',
    message: 'The operation failed because the secret s already exists.',
  })
})

test('a secret without a value has no version; the first value is current whatever its labels', async () => {
  const { create, put, get, describe } = start()
  const made = await create({ SecretString: undefined })
  expect([made.VersionId, (await describe()).VersionIdsToStages]).toEqual([undefined, undefined])
  await expect(get()).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  })
  const { VersionStages } = await put('x', { VersionStages: ['mine'] })
  expect(VersionStages).toEqual(['AWSCURRENT', 'mine'])
})

test('a version and a label that do not belong together are refused', async () => {
  const { create, get } = start()
  const { VersionId } = await create()
  await expect(get({ VersionId, VersionStage: 'AWSPREVIOUS' })).rejects.toMatchObject({
    name: 'InvalidRequestException',
    message: 'You provided a VersionStage that is not associated to the provided VersionId.',
  })
  await expect(get({ VersionId: tokenA })).rejects.toMatchObject({
    message: `Secrets Manager can't find the specified secret value for VersionId: ${tokenA}`,
  })
})

test('the label of the current version can be moved, not removed', async () => {
  const { create, put, sm } = start()
  const { VersionId: old } = await create()
  const { VersionId: next } = await put('x', { VersionStages: ['AWSPENDING'] })
  const move = (input: object) =>
    sm.send(
      new UpdateSecretVersionStageCommand({ SecretId: 's', VersionStage: 'AWSCURRENT', ...input }),
    )
  await expect(move({ RemoveFromVersionId: old })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message:
      'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
  })
  await expect(move({ MoveToVersionId: next })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${old}, so you must explicitly reference that version in RemoveFromVersionId.`,
  })
})

test('versions without a label go after a day when there are too many', async () => {
  const { cloud, create, put, sm } = start()
  await create()
  const scope = cloud.scope('123456789012', 'us-east-1')
  const createdAtMs = Date.parse('2026-01-01T00:00:00Z')
  for (let number = 2; number <= 100; number += 1) {
    versions.put(scope, { name: 's', versionId: `v${number}`, number, stages: [], createdAtMs })
  }
  secrets.update(scope, 's', { versionsMade: 100 })
  await expect(put('too many')).rejects.toMatchObject({ name: 'LimitExceededException' })
  await cloud.advance({ hours: 25 })
  await put('fits again')
  const all = { SecretId: 's', IncludeDeprecated: true }
  const { Versions } = await sm.send(new ListSecretVersionIdsCommand(all))
  expect(Versions).toHaveLength(100)
})

const gone = { name: 'ResourceNotFoundException' }

test('a deleted secret can be restored until its window ends, then it is gone', async () => {
  const { cloud, sm, create, get, describe, put } = start()
  await create()
  const remove = (more: object) => sm.send(new DeleteSecretCommand({ SecretId: 's', ...more }))
  const { DeletionDate } = await remove({ RecoveryWindowInDays: 7 })
  expect(DeletionDate).toEqual(new Date('2026-01-08T00:00:00Z'))
  const marked = {
    name: 'InvalidRequestException',
    message: "You can't perform this operation on the secret because it was marked for deletion.",
  }
  await expect(get()).rejects.toMatchObject(marked)
  await expect(put('x')).rejects.toMatchObject(marked)
  await cloud.advance({ days: 6 })
  await sm.send(new RestoreSecretCommand({ SecretId: 's' }))
  await cloud.advance({ days: 30 })
  expect((await get()).SecretString).toBe('first')
  await remove({})
  await cloud.advance({ days: 29 })
  await describe()
  await cloud.advance({ days: 2 })
  await expect(describe()).rejects.toMatchObject(gone)
  const again = await create()
  expect(again.ARN).toMatch(/:secret:s-[A-Za-z0-9]{6}$/)
})

test.each([
  [{ RecoveryWindowInDays: 6 }, /between 7 and 30 days/],
  [{ RecoveryWindowInDays: 31 }, /between 7 and 30 days/],
  [
    { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true },
    /You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays/,
  ],
])('deletion with %j is refused', async (input, message) => {
  const { sm, create } = start()
  await create()
  await expect(sm.send(new DeleteSecretCommand({ SecretId: 's', ...input }))).rejects.toMatchObject(
    {
      name: 'InvalidParameterException',
      message: expect.stringMatching(message),
    },
  )
})

test('deleting by force what is not there is no error', async () => {
  const { sm } = start()
  await sm.send(new DeleteSecretCommand({ SecretId: 'none', ForceDeleteWithoutRecovery: true }))
  await expect(sm.send(new DeleteSecretCommand({ SecretId: 'none' }))).rejects.toMatchObject(gone)
})

async function four() {
  const made = start()
  for (const [Name, Description] of [
    ['testing1/one', 'a secret'],
    ['/testing2/two', 'an secret'],
    ['testing3/three', 'asecret'],
    ['/testing4/four', 'thesecret'],
  ] as const) {
    const Tags = [{ Key: 'number', Value: Name.slice(-3) }]
    await made.create({ Name, Description, Tags })
    await made.cloud.advance({ seconds: 1 })
  }
  return made
}

type Filters = NonNullable<ListSecretsCommandInput['Filters']>
const filter = (Key: Filters[number]['Key'], ...Values: string[]) => ({ Key, Values })

// As AWS answers the first nine in LocalStack's validated test `test_list_secrets_filtering`.
test.each<[Filters, number[]]>([
  [[filter('name', '/')], [2, 4]],
  [[filter('name', '!/')], [1, 3]],
  [[filter('name', 'testing1 one')], []],
  [[filter('description', 'a')], [1, 2, 3]],
  [[filter('description', '!a')], [4]],
  [[filter('description', 'a secret')], [1, 2]],
  [[filter('description', 'a'), filter('name', 'secret')], []],
  [[filter('description', 'a'), filter('name', 'an')], []],
  [[filter('description', '!c')], [1, 2, 3, 4]],
  [[filter('name', 'testing1', '/testing4')], [1, 4]],
  [[filter('tag-key', 'num')], [1, 2, 3, 4]],
  [[filter('tag-value', 'two')], [2]],
  [[filter('all', 'THREE')], [3]],
  [[filter('owning-service', 'rds')], []],
])('%j finds secrets %j', async (input, numbers) => {
  const { sm } = await four()
  const { SecretList = [] } = await sm.send(new ListSecretsCommand({ Filters: input }))
  expect(SecretList.map(({ Name = '' }) => Number(/\d/.exec(Name)?.[0]))).toEqual(numbers)
})

test('pages go through secrets in any order, and a token belongs to its query', async () => {
  const { sm } = await four()
  const page = (input: ListSecretsCommandInput) => sm.send(new ListSecretsCommand(input))
  const orders: [ListSecretsCommandInput, number[]][] = [
    [{}, [1, 2, 3, 4]],
    [{ SortOrder: 'desc' }, [4, 3, 2, 1]],
    [{ SortBy: 'name' }, [2, 4, 1, 3]],
  ]
  for (const [order, expected] of orders) {
    const first = await page({ ...order, MaxResults: 3 })
    const rest = await page({ ...order, MaxResults: 3, NextToken: first.NextToken })
    const all = [...(first.SecretList ?? []), ...(rest.SecretList ?? [])]
    expect(all.map(({ Name = '' }) => Number(/\d/.exec(Name)?.[0]))).toEqual(expected)
    expect(rest.NextToken).toBeUndefined()
  }
  const { NextToken } = await page({ MaxResults: 1 })
  await expect(page({ NextToken, SortOrder: 'desc' })).rejects.toMatchObject({
    name: 'InvalidNextTokenException',
  })
  const Filters = [filter('name', '/')]
  const { SecretValues } = await sm.send(new BatchGetSecretValueCommand({ Filters }))
  expect(SecretValues?.map(({ Name }) => Name)).toEqual(['/testing2/two', '/testing4/four'])
})

const passwords: [GetRandomPasswordCommandInput, RegExp][] = [
  [{}, /^[!-~]{32}$/],
  [{ PasswordLength: 120, ExcludeCharacters: 'xyzDje@?!.' }, /^[^xyzDje@?!.]{120}$/],
  [{ ExcludePunctuation: true, ExcludeNumbers: true, ExcludeLowercase: true }, /^[A-Z]{32}$/],
  [{ PasswordLength: 5, IncludeSpace: true }, /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*\W).* .*$/],
  [{ PasswordLength: 1, RequireEachIncludedType: false }, /^[!-~]$/],
]
test.each(passwords)('a password with %j is as asked', async (input, pattern) => {
  const { sm } = start()
  const { RandomPassword } = await sm.send(new GetRandomPasswordCommand(input))
  expect(RandomPassword).toMatch(pattern)
})

test('a password shorter than its types is refused', async () => {
  const { sm } = start()
  await expect(sm.send(new GetRandomPasswordCommand({ PasswordLength: 3 }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'Password length is too short based on the required types.',
  })
})

test('an empty update changes nothing but the date; both kinds of value at once are refused', async () => {
  const { cloud, sm, create, describe, get } = start()
  await create()
  const before = await describe()
  await cloud.advance({ seconds: 5 })
  const { VersionId } = await sm.send(new UpdateSecretCommand({ SecretId: 's' }))
  const after = await describe()
  expect(VersionId).toBeUndefined()
  expect(after.LastChangedDate).not.toEqual(before.LastChangedDate)
  expect(after.VersionIdsToStages).toEqual(before.VersionIdsToStages)
  const SecretBinary = new Uint8Array([1])
  await expect(
    sm.send(new UpdateSecretCommand({ SecretId: 's', SecretString: 'x', SecretBinary })),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' })
  expect((await get()).SecretString).toBe('first')
})

test('the same seed gives the same passwords, ARNs and journal', async () => {
  const run = async (seed: number) => {
    const { cloud, sm, create } = start({ seed })
    const { ARN } = await create({ ClientRequestToken: tokenA })
    const { RandomPassword } = await sm.send(new GetRandomPasswordCommand({}))
    return [ARN, RandomPassword, cloud.kernel.journal.digest()]
  }
  expect(await run(1)).toEqual(await run(1))
  expect(await run(1)).not.toEqual(await run(2))
})
