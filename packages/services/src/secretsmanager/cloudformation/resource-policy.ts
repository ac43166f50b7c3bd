import {
  AwsSecretsManagerResourcePolicy,
  type AwsSecretsManagerResourcePolicyProperties,
  DeleteResourcePolicy,
  GetResourcePolicy,
  PutResourcePolicy,
} from '@cloud-orrery/models/secretsmanager'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'

export const resourcePolicyType = resource(AwsSecretsManagerResourcePolicy, {
  create: put,
  update: put,
  async delete(ctx, { Id }) {
    await ctx.call(DeleteResourcePolicy, { SecretId: Id })
  },
  async read(ctx, { Id }, { SecretId }) {
    const { ResourcePolicy } = await ctx.call(GetResourcePolicy, { SecretId: Id })
    if (ResourcePolicy === undefined) return undefined
    return { SecretId, ResourcePolicy: JSON.parse(ResourcePolicy) as unknown }
  },
})

async function put(ctx: ResourceContext, properties: AwsSecretsManagerResourcePolicyProperties) {
  const { SecretId, BlockPublicPolicy, ResourcePolicy } = properties
  const { ARN = '' } = await ctx.call(PutResourcePolicy, {
    SecretId,
    BlockPublicPolicy,
    ResourcePolicy:
      typeof ResourcePolicy === 'string' ? ResourcePolicy : JSON.stringify(ResourcePolicy),
  })
  return { Id: ARN }
}
