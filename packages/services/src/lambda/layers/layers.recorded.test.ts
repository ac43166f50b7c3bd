import {
  AddLayerVersionPermissionCommand,
  CreateFunctionCommand,
  DeleteLayerVersionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetLayerVersionByArnCommand,
  GetLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  ListLayerVersionsCommand,
  PublishLayerVersionCommand,
  RemoveLayerVersionPermissionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { client } from '@cloud-orrery/cloud'
import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { zipOf } from '../functions.test-support.ts'
import { functionInput, type Replay, recordedAccount, replay } from '../recorded.test-support.ts'

const file = 'test_lambda_api'
const LayerName = 'some-layer'
const FunctionName = 'fn'
const layerArn = `arn:aws:lambda:us-east-1:${recordedAccount}:layer:${LayerName}`

function layersOf({ lambda, cloud }: Replay) {
  return {
    publish: async (more: object = {}, name = LayerName) =>
      await lambda.send(
        new PublishLayerVersionCommand({
          LayerName: name,
          Content: { ZipFile: await zipOf({ 'python/lib.py': 'x = 1' }) },
          ...more,
        }),
      ),
    create: async (more: Record<string, unknown> = {}) => {
      await lambda.send(new CreateFunctionCommand(await functionInput(FunctionName, more)))
      await cloud.advance({ seconds: 1 })
    },
    use: (...Layers: string[]) =>
      lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Layers })),
    config: () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
    permit: (StatementId: string, more: object = {}) =>
      lambda.send(
        new AddLayerVersionPermissionCommand({
          LayerName,
          VersionNumber: 1,
          StatementId,
          Action: 'lambda:GetLayerVersion',
          Principal: '*',
          ...more,
        }),
      ),
    policy: (more: object = {}) =>
      lambda.send(new GetLayerVersionPolicyCommand({ LayerName, VersionNumber: 1, ...more })),
    forbid: (StatementId: string, more: object = {}) =>
      lambda.send(
        new RemoveLayerVersionPermissionCommand({
          LayerName,
          VersionNumber: 1,
          StatementId,
          ...more,
        }),
      ),
  }
}

describe.skipIf(!recordingsPresent)('layers as recorded', () => {
  test('their life', async () => {
    const it = replay(file, 'TestLambdaLayer::test_layer_lifecycle')
    const { publish, create, use, config } = layersOf(it)
    await create()
    await it.expect('get_fn_result', it.lambda.send(new GetFunctionCommand({ FunctionName })))
    await it.expect('get_fn_config_result', config())
    const about = {
      Description: 'description',
      LicenseInfo: 'license',
      CompatibleRuntimes: ['python3.12'],
      CompatibleArchitectures: ['x86_64'],
    }
    await it.expect('publish_result', publish(about))
    await it.expect('publish_result_2', publish(about))
    await it.expect('update_fn_config', use(`${layerArn}:1`))
    await it.cloud.advance({ seconds: 1 })
    await it.expect('get_fn_config', config())
    const version = { LayerName, VersionNumber: 1 }
    await it.expect('get_layer_ver_result', it.lambda.send(new GetLayerVersionCommand(version)))
    const byArn = new GetLayerVersionByArnCommand({ Arn: `${layerArn}:1` })
    await it.expect('get_layer_by_arn_version', it.lambda.send(byArn))
    const list = () => it.lambda.send(new ListLayerVersionsCommand({ LayerName }))
    await it.expect('list_layer_versions_predelete', list())
    const remove = (VersionNumber: number) =>
      it.lambda.send(new DeleteLayerVersionCommand({ LayerName, VersionNumber }))
    await it.expect('delete_layer_1', remove(1))
    await it.expect('get_fn_config_postdelete', config())
    await it.expect('delete_layer_2', remove(2))
    await it.expect('list_layer_versions_postdelete', list())
    await it.expect('publish_result_3', publish(about))
  })

  test('a layer of S3', async () => {
    const it = replay(file, 'TestLambdaLayer::test_layer_s3_content')
    const s3 = client(it.cloud, S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'layers' }))
    const Body = await zipOf({ 'python/lib.py': 'x = 1' })
    await s3.send(new PutObjectCommand({ Bucket: 'layers', Key: 'k', Body }))
    const Content = { S3Bucket: 'layers', S3Key: 'k' }
    await it.expect('publish_layer_result', layersOf(it).publish({ Content }))
  })

  for (const id of ['runtimes0', 'runtimes1', 'runtimes2']) {
    test(`what a layer fits: ${id}`, async () => {
      const it = replay(file, `TestLambdaLayer::test_layer_compatibilities[${id}]`)
      const { CompatibleRuntimes, CompatibleArchitectures } = it.recorded[
        'publish_result'
      ] as Record<string, string[]>
      await it.expect(
        'publish_result',
        layersOf(it).publish({ CompatibleRuntimes, CompatibleArchitectures }),
      )
    })
  }

  test('which layers a function may not use', async () => {
    const it = replay(file, 'TestLambdaLayer::test_layer_function_exceptions')
    const { publish, create, use } = layersOf(it)
    const about = { CompatibleRuntimes: [], CompatibleArchitectures: ['x86_64'] }
    await it.expect('publish_result', publish(about))
    await it.expect('publish_result_2', publish(about))
    await it.expect('publish_result_3', publish(about))
    await create()
    await it.expect('get_fn_result', it.lambda.send(new GetFunctionCommand({ FunctionName })))
    const at = (number: number) => `${layerArn}:${number}`
    await it.expect('two_layer_versions_single_function_exc', use(at(1), at(2)))
    await it.expect('three_layer_versions_single_function_exc', use(at(1), at(2), at(3)))
    await it.expect('two_identical_layer_versions_single_function_exc', use(at(1), at(1)))
    await it.expect('add_nonexistent_layer_exc', use(at(1).replace(LayerName, 'doesnotexist')))
    await it.expect('add_nonexistent_layer_version_exc', use(at(9)))
    // The pattern that is quoted has other brackets since it was recorded.
    await it.expect('add_layer_arn_without_version_exc', use(layerArn), ['Error.Message'])
    const elsewhere = at(1).replace('us-east-1', 'eu-west-2')
    const other = it.lambda.send(
      new CreateFunctionCommand(await functionInput('other', { Layers: [elsewhere] })),
    )
    await it.expect('create_function_with_layer_in_different_region', other)
  })

  test('at most five layers', async () => {
    const it = replay(file, 'TestLambdaLayer::test_layer_function_quota_exception')
    const { publish } = layersOf(it)
    const Layers: string[] = []
    for (let i = 0; i < 6; i += 1) {
      Layers.push((await publish({}, `layer-${i}`)).LayerVersionArn ?? '')
    }
    const made = it.lambda.send(
      new CreateFunctionCommand(await functionInput(FunctionName, { Layers })),
    )
    await it.expect('create_function_with_six_layers', made)
  })

  const about = { CompatibleRuntimes: ['python3.12'], CompatibleArchitectures: ['x86_64'] }

  test('the policy of a version', async () => {
    const it = replay(file, 'TestLambdaLayer::test_layer_policy_lifecycle')
    const { publish, permit, policy, forbid } = layersOf(it)
    await it.expect('publish_result', publish(about))
    await it.expect('add_policy_s1', permit('s1'))
    const { RevisionId } = await it.lambda.send(
      new GetLayerVersionPolicyCommand({ LayerName, VersionNumber: 1 }),
    )
    await it.expect('get_layer_version_policy', policy())
    await it.expect('add_policy_s2', permit('s2', { RevisionId }))
    await it.expect('get_layer_version_policy_postadd2', policy())
    await it.expect('remove_s2', forbid('s2'))
    await it.expect('get_layer_version_policy_postdeletes2', policy())
  })

  test('what policies of versions refuse', async () => {
    const it = replay(file, 'TestLambdaLayer::test_layer_policy_exceptions')
    const { publish, permit, policy, forbid } = layersOf(it)
    await it.expect('publish_result', publish(about))
    await it.expect('layer_permission_nopolicy_get', policy())
    await it.expect('add_layer_permission_result', permit('s1'))
    await it.expect('layer_permission_action_invalid', permit('s2', { Action: '*' }))
    await it.expect('layer_permission_duplicate_statement', permit('s1'))
    await it.expect('layer_permission_wrong_revision', permit('s2', { RevisionId: 'wrong' }))
    const none = { LayerName: `${LayerName}-doesnotexist` }
    const second = { VersionNumber: 2 }
    await it.expect('layer_permission_layername_doesnotexist_add', permit('s1', none))
    await it.expect('layer_permission_layername_doesnotexist_get', policy(none))
    await it.expect('layer_permission_layername_doesnotexist_remove', forbid('s1', none))
    await it.expect('layer_permission_layerversion_doesnotexist_add', permit('s1', second))
    await it.expect('layer_permission_layerversion_doesnotexist_get', policy(second))
    await it.expect('layer_permission_layerversion_doesnotexist_remove', forbid('s1', second))
    await it.expect('layer_permission_statementid_doesnotexist_remove', forbid('doesnotexist'))
    await it.expect('layer_permission_wrong_revision_remove', forbid('s1', { RevisionId: 'wrong' }))
  })
})
