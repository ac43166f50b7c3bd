import {
  AwsApiGatewayApiKey,
  AwsApiGatewayUsagePlan,
  AwsApiGatewayUsagePlanKey,
  type AwsApiGatewayUsagePlanProperties,
  CreateApiKey,
  CreateUsagePlan,
  CreateUsagePlanKey,
  DeleteApiKey,
  DeleteUsagePlan,
  DeleteUsagePlanKey,
  GetApiKey,
  GetUsagePlan,
  GetUsagePlanKey,
  type PatchOperation,
  UpdateApiKey,
  UpdateUsagePlan,
} from '@cloud-orrery/models/apigateway'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { changes, tagsOf } from './values.ts'

export const apiKeyType = resource(AwsApiGatewayApiKey, {
  async create(ctx, properties) {
    const { id = '' } = await ctx.call(CreateApiKey, {
      name: properties.Name ?? ctx.physicalName({ lengthMax: 128 }),
      description: properties.Description,
      enabled: properties.Enabled,
      generateDistinctId: properties.GenerateDistinctId,
      value: properties.Value,
      customerId: properties.CustomerId,
      stageKeys: (properties.StageKeys ?? []).map(({ RestApiId, StageName }) => ({
        restApiId: RestApiId,
        stageName: StageName,
      })),
      tags: tagsOf(ctx, properties.Tags),
    })
    return { APIKeyId: id }
  },
  async update(ctx, after, before, state) {
    const patchOperations = changes({
      '/description': [before.Description, after.Description],
      '/enabled': [before.Enabled ?? false, after.Enabled ?? false],
      '/customerId': [before.CustomerId, after.CustomerId],
    })
    await ctx.call(UpdateApiKey, { apiKey: state.APIKeyId, patchOperations })
    return state
  },
  async delete(ctx, { APIKeyId: apiKey }) {
    await unlessGone(ctx.call(DeleteApiKey, { apiKey }))
  },
  async read(ctx, { APIKeyId: apiKey }, properties) {
    const found = await unlessGone(ctx.call(GetApiKey, { apiKey }))
    if (found === undefined) return undefined
    return {
      ...(properties.Name === undefined ? {} : { Name: found.name }),
      ...(found.description === undefined ? {} : { Description: found.description }),
      ...(properties.Enabled === undefined ? {} : { Enabled: found.enabled }),
    }
  },
})

type PlanProperties = AwsApiGatewayUsagePlanProperties

export const usagePlanType = resource(AwsApiGatewayUsagePlan, {
  async create(ctx, properties) {
    const { Throttle, Quota } = properties
    const { id = '' } = await ctx.call(CreateUsagePlan, {
      name: properties.UsagePlanName ?? ctx.physicalName({ lengthMax: 128 }),
      description: properties.Description,
      apiStages: (properties.ApiStages ?? []).map(({ ApiId, Stage, Throttle: own }) => ({
        apiId: ApiId,
        stage: Stage,
        ...(own === undefined
          ? {}
          : {
              throttle: Object.fromEntries(
                Object.entries(own).map(([key, { BurstLimit, RateLimit }]) => [
                  key,
                  { burstLimit: BurstLimit, rateLimit: RateLimit },
                ]),
              ),
            }),
      })),
      ...(Throttle === undefined
        ? {}
        : { throttle: { burstLimit: Throttle.BurstLimit, rateLimit: Throttle.RateLimit } }),
      ...(Quota === undefined
        ? {}
        : { quota: { limit: Quota.Limit, offset: Quota.Offset, period: Quota.Period } }),
      tags: tagsOf(ctx, properties.Tags),
    })
    return { Id: id }
  },
  async update(ctx, after, before, state) {
    const patchOperations = planPatches(before, after)
    if (patchOperations.length > 0) {
      await ctx.call(UpdateUsagePlan, { usagePlanId: state.Id, patchOperations })
    }
    return state
  },
  async delete(ctx, { Id: usagePlanId }) {
    const found = await unlessGone(ctx.call(GetUsagePlan, { usagePlanId }))
    const patchOperations = (found?.apiStages ?? []).map(({ apiId, stage }) => ({
      op: 'remove',
      path: '/apiStages',
      value: `${apiId}:${stage}`,
    }))
    if (patchOperations.length > 0) {
      await ctx.call(UpdateUsagePlan, { usagePlanId, patchOperations })
    }
    await unlessGone(ctx.call(DeleteUsagePlan, { usagePlanId }))
  },
  async read(ctx, { Id: usagePlanId }, properties) {
    const found = await unlessGone(ctx.call(GetUsagePlan, { usagePlanId }))
    if (found === undefined) return undefined
    return {
      ...(properties.UsagePlanName === undefined ? {} : { UsagePlanName: found.name }),
      ...(found.description === undefined ? {} : { Description: found.description }),
    }
  },
})

function planPatches(before: PlanProperties, after: PlanProperties): PatchOperation[] {
  const stages = ({ ApiStages = [] }: PlanProperties) =>
    ApiStages.map(({ ApiId, Stage }) => `${ApiId}:${Stage}`)
  const had = stages(before)
  const has = stages(after)
  const part = (path: string, old: object | undefined, wanted: object | undefined) =>
    JSON.stringify(old) === JSON.stringify(wanted)
      ? []
      : wanted === undefined
        ? [{ op: 'remove', path }]
        : Object.entries(wanted).map(([name, value]) => ({
            op: 'replace',
            path: `${path}/${name.charAt(0).toLowerCase()}${name.slice(1)}`,
            value: String(value),
          }))
  return [
    ...changes({
      ...(after.UsagePlanName === undefined
        ? {}
        : { '/name': [before.UsagePlanName, after.UsagePlanName] }),
      '/description': [before.Description, after.Description],
    }),
    ...part('/throttle', before.Throttle, after.Throttle),
    ...part('/quota', before.Quota, after.Quota),
    ...had
      .filter((stage) => !has.includes(stage))
      .map((value) => ({ op: 'remove', path: '/apiStages', value })),
    ...has
      .filter((stage) => !had.includes(stage))
      .map((value) => ({ op: 'add', path: '/apiStages', value })),
  ]
}

export const usagePlanKeyType = resource(AwsApiGatewayUsagePlanKey, {
  async create(ctx, { UsagePlanId: usagePlanId, KeyId: keyId, KeyType: keyType }) {
    await ctx.call(CreateUsagePlanKey, { usagePlanId, keyId, keyType })
    return { Id: `${keyId}:${usagePlanId}` }
  },
  async delete(ctx, _state, { UsagePlanId: usagePlanId, KeyId: keyId }) {
    await unlessGone(ctx.call(DeleteUsagePlanKey, { usagePlanId, keyId }))
  },
  async read(ctx, _state, properties) {
    const { UsagePlanId: usagePlanId, KeyId: keyId } = properties
    const found = await unlessGone(ctx.call(GetUsagePlanKey, { usagePlanId, keyId }))
    return found === undefined ? undefined : properties
  },
})
