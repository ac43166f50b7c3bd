import {
  AwsLogsResourcePolicy,
  type AwsLogsResourcePolicyProperties,
  DeleteResourcePolicy,
  DescribeResourcePolicies,
  PutResourcePolicy,
} from '@cloud-orrery/models/logs'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'

export const resourcePolicyType = resource(AwsLogsResourcePolicy, {
  create: put,
  update: put,
  async delete(ctx, _state, { PolicyName: policyName }) {
    await ctx.call(DeleteResourcePolicy, { policyName })
  },
  async read(ctx, _state, { PolicyName }) {
    const { resourcePolicies = [] } = await ctx.call(DescribeResourcePolicies, {})
    const found = resourcePolicies.find(({ policyName }) => policyName === PolicyName)
    if (found === undefined) return undefined
    return { PolicyName, PolicyDocument: JSON.parse(found.policyDocument ?? '') as unknown }
  },
})

async function put(
  ctx: ResourceContext,
  { PolicyName: policyName, PolicyDocument }: AwsLogsResourcePolicyProperties,
) {
  const policyDocument =
    typeof PolicyDocument === 'string' ? PolicyDocument : JSON.stringify(PolicyDocument)
  await ctx.call(PutResourcePolicy, { policyName, policyDocument })
  return { physicalId: policyName }
}
