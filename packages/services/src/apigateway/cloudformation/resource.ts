import {
  AwsApiGatewayResource,
  CreateResource,
  DeleteResource,
  GetResource,
} from '@cloud-orrery/models/apigateway'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

export const resourceType = resource(AwsApiGatewayResource, {
  async create(ctx, { RestApiId: restApiId, ParentId: parentId, PathPart: pathPart }) {
    const { id = '' } = await ctx.call(CreateResource, { restApiId, parentId, pathPart })
    return { ResourceId: id, physicalId: id }
  },
  async delete(ctx, { ResourceId: resourceId }, { RestApiId: restApiId }) {
    await unlessGone(ctx.call(DeleteResource, { restApiId, resourceId }))
  },
  async read(ctx, { ResourceId: resourceId }, { RestApiId: restApiId }) {
    const found = await unlessGone(ctx.call(GetResource, { restApiId, resourceId }))
    if (found === undefined) return undefined
    const { parentId = '', pathPart = '' } = found
    return { RestApiId: restApiId, ParentId: parentId, PathPart: pathPart }
  },
})
