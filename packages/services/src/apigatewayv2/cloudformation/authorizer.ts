import {
  AwsApiGatewayV2Authorizer,
  CreateAuthorizer,
  DeleteAuthorizer,
  UpdateAuthorizer,
} from '@cloud-orrery/models/apigatewayv2'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

export const authorizerType = resource(AwsApiGatewayV2Authorizer, {
  async create(ctx, { IdentitySource = [], ...properties }) {
    const input = { ...properties, IdentitySource }
    const { AuthorizerId = '' } = await ctx.call(CreateAuthorizer, input)
    return { AuthorizerId, physicalId: AuthorizerId }
  },
  async update(ctx, properties, _previous, { AuthorizerId }) {
    await ctx.call(UpdateAuthorizer, { ...properties, AuthorizerId })
    return { AuthorizerId, physicalId: AuthorizerId }
  },
  async delete(ctx, { AuthorizerId }, { ApiId }) {
    await unlessGone(ctx.call(DeleteAuthorizer, { ApiId, AuthorizerId }))
  },
})
