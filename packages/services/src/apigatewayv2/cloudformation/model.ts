import {
  AwsApiGatewayV2Model,
  type AwsApiGatewayV2ModelProperties,
  CreateModel,
  DeleteModel,
  UpdateModel,
} from '@cloud-orrery/models/apigatewayv2'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

export const modelType = resource(AwsApiGatewayV2Model, {
  async create(ctx, properties) {
    const { ModelId = '' } = await ctx.call(CreateModel, inputOf(properties))
    return { ModelId, physicalId: ModelId }
  },
  async update(ctx, properties, _previous, { ModelId }) {
    await ctx.call(UpdateModel, { ...inputOf(properties), ModelId })
    return { ModelId, physicalId: ModelId }
  },
  async delete(ctx, { ModelId }, { ApiId }) {
    await unlessGone(ctx.call(DeleteModel, { ApiId, ModelId }))
  },
})

function inputOf({ Schema, ...properties }: AwsApiGatewayV2ModelProperties) {
  return { ...properties, Schema: typeof Schema === 'string' ? Schema : JSON.stringify(Schema) }
}
