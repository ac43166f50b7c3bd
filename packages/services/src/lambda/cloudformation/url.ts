import {
  AwsLambdaUrl,
  CreateFunctionUrlConfig,
  DeleteFunctionUrlConfig,
  GetFunctionUrlConfig,
  UpdateFunctionUrlConfig,
} from '@cloud-orrery/models/lambda'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

export const urlType = resource(AwsLambdaUrl, {
  async create(ctx, { TargetFunctionArn: FunctionName, ...given }) {
    const made = await ctx.call(CreateFunctionUrlConfig, { FunctionName, ...given })
    return { FunctionArn: made.FunctionArn, FunctionUrl: made.FunctionUrl }
  },
  async update(ctx, { TargetFunctionArn: FunctionName, ...given }, _previous, state) {
    const { Cors = {}, InvokeMode = 'BUFFERED' } = given
    await ctx.call(UpdateFunctionUrlConfig, { FunctionName, ...given, Cors, InvokeMode })
    return state
  },
  async delete(ctx, _state, { TargetFunctionArn: FunctionName, Qualifier }) {
    await ctx.call(DeleteFunctionUrlConfig, { FunctionName, Qualifier })
  },
  async read(ctx, _state, { TargetFunctionArn, Qualifier }) {
    const input = { FunctionName: TargetFunctionArn, Qualifier }
    const found = await unlessGone(ctx.call(GetFunctionUrlConfig, input))
    if (found === undefined) return undefined
    const { AuthType, InvokeMode, Cors } = found
    return {
      TargetFunctionArn,
      AuthType,
      ...(Qualifier === undefined ? {} : { Qualifier }),
      ...(InvokeMode === undefined ? {} : { InvokeMode }),
      ...(Cors === undefined ? {} : { Cors }),
    }
  },
})
