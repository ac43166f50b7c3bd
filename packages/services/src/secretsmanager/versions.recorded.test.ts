import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { recorded, replaying } from './recorded-secrets.test-support.ts'

/** One recorded test on one secret, with the calls that all of them make. */
function onSecret(name: string) {
  const SecretId = 's-1'
  const { cloud, secretsManager: sm, compare } = replaying(name, [SecretId])
  // Versions follow one another in time, as on AWS.
  const after = async <T>(call: Promise<T>) => {
    const answer = await call
    await cloud.advance({ seconds: 1 })
    return answer
  }
  return {
    create: (step: string, SecretString: string, Description?: string) =>
      after(
        compare(
          step,
          sm.send(new CreateSecretCommand({ Name: SecretId, SecretString, Description })),
        ),
      ),
    put: (step: string, SecretString: string, VersionStages?: string[]) =>
      after(
        compare(
          step,
          sm.send(new PutSecretValueCommand({ SecretId, SecretString, VersionStages })),
        ),
      ),
    update: (step: string, SecretString: string) =>
      after(compare(step, sm.send(new UpdateSecretCommand({ SecretId, SecretString })))),
    move: (step: string, VersionStage: string, from?: string, to?: string) =>
      compare(
        step,
        sm.send(
          new UpdateSecretVersionStageCommand({
            SecretId,
            VersionStage,
            RemoveFromVersionId: from,
            MoveToVersionId: to,
          }),
        ),
      ),
    list: (step: string, IncludeDeprecated?: boolean) =>
      compare(step, sm.send(new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated }))),
    get: (step: string, VersionId?: string) =>
      compare(step, sm.send(new GetSecretValueCommand({ SecretId, VersionId }))),
    remove: (step: string) =>
      compare(
        step,
        sm.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true })),
      ),
  }
}

const stages = 'test_update_secret_version_stages_current'

recorded('a new value makes the one before it the previous one', async () => {
  const secret = onSecret(`${stages}_previous`)
  await secret.create('create_secret_rs_0', 'secret_string_v0')
  await secret.list('list_secret_version_ids_res_0')
  await secret.update('update_secret_res_0', 'secret_string_v1')
  await secret.list('list_secret_version_ids_res_1')
  await secret.remove('delete_secret_res_0')
})

recorded(
  'a pending value becomes the current one, and stops to be pending with the next',
  async () => {
    const secret = onSecret(`${stages}_pending`)
    const v0 = await secret.create('create_secret_rs_0', 'Something1')
    const v1 = await secret.put('put_secret_value_res_0', 'Something2', ['AWSPENDING'])
    await secret.list('list_secret_version_ids_res_0')
    await secret.move(
      'update_secret_version_stage_res_0',
      'AWSCURRENT',
      v0?.VersionId,
      v1?.VersionId,
    )
    await secret.list('list_secret_version_ids_res_1')
    await secret.put('put_secret_value_res_1', 'SS3')
    await secret.list('list_secret_version_ids_res_2')
    await secret.remove('delete_secret_res_0')
  },
)

recorded('labels of the user stay where they are while AWS moves its own', async () => {
  const secret = onSecret(`${stages}_pending_cycle_custom_stages_1`)
  const v0 = await secret.create('create_secret_rs_0', 'S1')
  const labels = ['AWSSOMETHING', 'AWSPENDING', 'PUT1']
  const v1 = await secret.put('put_secret_value_res_0', 'S2', labels)
  await secret.list('list_secret_version_ids_res_0')
  await secret.get('get_secret_value_res_0')
  await secret.move('update_secret_version_stage_res_0', 'AWSCURRENT', v0?.VersionId, v1?.VersionId)
  await secret.list('list_secret_version_ids_res_1')
  await secret.get('get_secret_value_res_1')
  const v2 = await secret.put('put_secret_value_res_1', 'S3', ['AWSPENDING', 'PUT2'])
  await secret.list('list_secret_version_ids_res_2')
  await secret.get('get_secret_value_res_2')
  await secret.move('update_secret_version_stage_res_1', 'AWSCURRENT', v1?.VersionId, v2?.VersionId)
  await secret.list('list_secret_version_ids_res_3')
  await secret.get('get_secret_value_res_3')
  await secret.remove('delete_secret_res_0')
})

recorded('a value can be put as the current one with a label more', async () => {
  const secret = onSecret(`${stages}_pending_cycle_custom_stages_2`)
  await secret.create('create_secret_rs_0', 'SS')
  const v0 = await secret.put('put_secret_value_res_0', 'S1', ['AWSCURRENT', 'PUT0'])
  await secret.list('list_secret_version_ids_res_0')
  const v1 = await secret.put('put_secret_value_res_1', 'S2', ['AWSPENDING', 'PUT1'])
  await secret.list('list_secret_version_ids_res_1')
  await secret.get('get_secret_value_res_0')
  await secret.move('update_secret_version_stage_res_0', 'AWSCURRENT', v0?.VersionId, v1?.VersionId)
  await secret.list('list_secret_version_ids_res_2')
  await secret.get('get_secret_value_res_1')
  const v2 = await secret.put('put_secret_value_res_2', 'S3', ['AWSPENDING', 'PUT2'])
  await secret.list('list_secret_version_ids_res_3')
  await secret.get('get_secret_value_res_2')
  await secret.move('update_secret_version_stage_res_1', 'AWSCURRENT', v1?.VersionId, v2?.VersionId)
  await secret.list('list_secret_version_ids_res_4')
  await secret.get('get_secret_value_res_3')
  await secret.remove('delete_secret_res_0')
})

recorded('a label that is taken away takes no other with it', async () => {
  const secret = onSecret(`${stages}_pending_cycle_custom_stages_3`)
  const v1 = (await secret.create('create_secret_rs', 'SS'))?.VersionId
  const v2 = (await secret.put('put_secret_value_res_0', 'S1', ['PENDING']))?.VersionId
  await secret.list('list_secret_version_ids_rs')
  await secret.get('get_secret_value_v1_rs', v1)
  await secret.get('get_secret_value_v2_rs', v2)
  await secret.move('update_secret_version_stage_res_1', 'AWSCURRENT', v1, v2)
  await secret.get('get_secret_value_v1_rs_1', v1)
  await secret.get('get_secret_value_v2_rs_1', v2)
  await secret.move('update_secret_version_stage_res_2', 'PENDING', v2)
  await secret.get('get_secret_value_v1_rs_2', v1)
  await secret.get('get_secret_value_v2_rs_2', v2)
  await secret.remove('delete_secret_res_0')
})

recorded('versions without a label are listed only on request', async () => {
  const secret = onSecret('test_deprecated_secret_version_stage')
  await secret.create('create_secret', 'original', 'My secret')
  await secret.list('list_secret_version_ids')
  await secret.put('put_secret_value_1', 'update1')
  await secret.list('list_secret_version_ids_1')
  await secret.put('put_secret_value_2', 'update2')
  await secret.list('list_secret_version_ids_2')
  await secret.list('list_secret_version_ids_3', true)
  await secret.put('put_secret_value_3', 'update3')
  await secret.list('list_secret_version_ids_4')
  await secret.list('list_secret_version_ids_5', true)
})
