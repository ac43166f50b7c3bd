import {
  AwsSecretsManagerRotationSchedule,
  type AwsSecretsManagerRotationScheduleProperties,
  CancelRotateSecret,
  DescribeSecret,
  RotateSecret,
} from '@cloud-orrery/models/secretsmanager'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'

export const rotationScheduleType = resource(AwsSecretsManagerRotationSchedule, {
  create: rotate,
  update: rotate,
  async delete(ctx, { Id }) {
    await ctx.call(CancelRotateSecret, { SecretId: Id })
  },
  async read(ctx, { Id }, { SecretId }) {
    const found = await ctx.call(DescribeSecret, { SecretId: Id })
    const { RotationEnabled = false, RotationLambdaARN, RotationRules } = found
    return RotationEnabled ? { SecretId, RotationLambdaARN, RotationRules } : undefined
  },
})

async function rotate(
  ctx: ResourceContext,
  properties: AwsSecretsManagerRotationScheduleProperties,
) {
  const { SecretId, RotationLambdaARN, RotationRules } = properties
  const unbuilt = (
    [
      'HostedRotationLambda',
      'ExternalSecretRotationMetadata',
      'ExternalSecretRotationRoleArn',
    ] as const
  ).find((name) => properties[name] !== undefined)
  if (unbuilt !== undefined) {
    throw notModelled(`the property ${unbuilt} of AWS::SecretsManager::RotationSchedule`)
  }
  const { ARN = '' } = await ctx.call(RotateSecret, {
    SecretId,
    ClientRequestToken: ctx.ids.uuid(),
    RotationLambdaARN,
    RotationRules,
    RotateImmediately: properties.RotateImmediatelyOnUpdate,
  })
  return { Id: ARN }
}
