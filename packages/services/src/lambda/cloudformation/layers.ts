import {
  AddLayerVersionPermission,
  AwsLambdaLayerVersion,
  AwsLambdaLayerVersionPermission,
  DeleteLayerVersion,
  GetLayerVersion,
  PublishLayerVersion,
  type PublishLayerVersionRequest,
  RemoveLayerVersionPermission,
} from '@cloud-orrery/models/lambda'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

export const layerVersionType = resource(AwsLambdaLayerVersion, {
  async create(ctx, properties) {
    const { LayerName = ctx.physicalName({ lengthMax: 140 }), ...given } = properties
    // Runtimes and architectures are judged by the API.
    const input = { LayerName, ...given } as PublishLayerVersionRequest
    const { LayerVersionArn = '' } = await ctx.call(PublishLayerVersion, input)
    return { LayerVersionArn }
  },
  async delete(ctx, { LayerVersionArn }) {
    await ctx.call(DeleteLayerVersion, versionOf(LayerVersionArn))
  },
  async read(ctx, { LayerVersionArn }, properties) {
    const found = await unlessGone(ctx.call(GetLayerVersion, versionOf(LayerVersionArn)))
    return found === undefined ? undefined : properties // A version never changes.
  },
})

export const layerVersionPermissionType = resource(AwsLambdaLayerVersionPermission, {
  async create(ctx, { LayerVersionArn, ...given }) {
    const StatementId = ctx.physicalName({ lengthMax: 100 })
    await ctx.call(AddLayerVersionPermission, {
      ...versionOf(LayerVersionArn),
      ...given,
      StatementId,
    })
    // Source: template reference: `Ref` and `Id` are the version's ARN, `#` and the statement's id.
    return { Id: `${LayerVersionArn}#${StatementId}` }
  },
  async delete(ctx, { Id }) {
    const [arn = '', StatementId = ''] = Id.split('#')
    await ctx.call(RemoveLayerVersionPermission, { ...versionOf(arn), StatementId })
  },
})

function versionOf(arn: string): { LayerName: string; VersionNumber: number } {
  const at = arn.lastIndexOf(':')
  return { LayerName: arn.slice(0, at), VersionNumber: Number(arn.slice(at + 1)) }
}
