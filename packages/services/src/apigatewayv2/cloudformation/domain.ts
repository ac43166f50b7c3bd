import {
  AwsApiGatewayV2ApiMapping,
  AwsApiGatewayV2DomainName,
  CreateApiMapping,
  CreateDomainName,
  DeleteApiMapping,
  DeleteDomainName,
  GetDomainName,
  UpdateApiMapping,
  UpdateDomainName,
} from '@cloud-orrery/models/apigatewayv2'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { managementArn } from '../names.ts'
import { changeTags } from './api.ts'
import { unlessGone } from './gone.ts'

export const domainNameType = resource(AwsApiGatewayV2DomainName, {
  async create(ctx, properties) {
    const Tags = { ...properties.Tags, ...ctx.stackTags }
    await ctx.call(CreateDomainName, { ...properties, Tags })
    return await attributes(ctx, properties.DomainName)
  },
  async update(ctx, { Tags, ...properties }, previous, { DomainNameArn }) {
    await ctx.call(UpdateDomainName, properties)
    const before = { ...previous.Tags, ...ctx.stackTags }
    await changeTags(ctx, DomainNameArn, before, { ...Tags, ...ctx.stackTags })
    return await attributes(ctx, properties.DomainName)
  },
  async delete(ctx, _state, { DomainName }) {
    await unlessGone(ctx.call(DeleteDomainName, { DomainName }))
  },
})

async function attributes(ctx: ResourceContext, DomainName: string) {
  const { DomainNameConfigurations: [found] = [] } = await ctx.call(GetDomainName, { DomainName })
  return {
    DomainNameArn: managementArn(ctx, `/domainnames/${DomainName}`),
    RegionalDomainName: found?.ApiGatewayDomainName ?? '',
    RegionalHostedZoneId: found?.HostedZoneId ?? '',
    physicalId: DomainName,
  }
}

export const apiMappingType = resource(AwsApiGatewayV2ApiMapping, {
  async create(ctx, properties) {
    const { ApiMappingId = '' } = await ctx.call(CreateApiMapping, properties)
    return { ApiMappingId, physicalId: ApiMappingId }
  },
  async update(ctx, { ApiMappingKey = '', ...properties }, _previous, { ApiMappingId }) {
    await ctx.call(UpdateApiMapping, { ...properties, ApiMappingKey, ApiMappingId })
    return { ApiMappingId, physicalId: ApiMappingId }
  },
  async delete(ctx, { ApiMappingId }, { DomainName }) {
    await unlessGone(ctx.call(DeleteApiMapping, { DomainName, ApiMappingId }))
  },
})
