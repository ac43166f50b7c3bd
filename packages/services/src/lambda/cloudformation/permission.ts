import {
  AddPermission,
  AwsLambdaPermission,
  type AwsLambdaPermissionProperties,
  GetPolicy,
  RemovePermission,
} from '@cloud-orrery/models/lambda'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

export const permissionType = resource(AwsLambdaPermission, {
  async create(ctx, properties) {
    const { FunctionName, ...given } = properties
    const StatementId = ctx.physicalName({ lengthMax: 100 })
    await ctx.call(AddPermission, { ...named(FunctionName), ...given, StatementId })
    // Recorded: cloudformation, test_cfn_lambda_permissions: `Ref` is the statement's id.
    return { Id: StatementId, physicalId: StatementId }
  },
  async delete(ctx, { Id }, { FunctionName }) {
    await ctx.call(RemovePermission, { ...named(FunctionName), StatementId: Id })
  },
  async read(ctx, { Id }, properties): Promise<AwsLambdaPermissionProperties | undefined> {
    const found = await unlessGone(ctx.call(GetPolicy, named(properties.FunctionName)))
    const { Statement = [] } = JSON.parse(found?.Policy ?? '{}') as {
      Statement?: { Sid: string }[]
    }
    return Statement.some(({ Sid }) => Sid === Id) ? properties : undefined
  },
})

/** A name or an ARN, with its qualifier apart: the operations take either. */
function named(text: string): { FunctionName: string; Qualifier?: string } {
  const parts = text.split(':')
  const qualifier = text.startsWith('arn:') ? parts[7] : parts.length === 2 ? parts[1] : undefined
  if (qualifier === undefined || parts[0] === 'function') return { FunctionName: text }
  const at = text.length - qualifier.length - 1
  return { FunctionName: text.slice(0, at), Qualifier: qualifier }
}
