import { AwsError } from '@cloud-orrery/models'
import { type FailureInfo, TagResources, UntagResources } from '@cloud-orrery/models/tagging'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { invalidArn, otherPlace, unbuilt, unsupportedService } from './errors.ts'
import { type Owner, owners, unsupported } from './owners.ts'

/** The action has no resources: the owning service judges its own permission for each. */
export const tagResources = operation(TagResources, {
  authorize: () => '*',
  provenance: 'modelled',
  run: (ctx, { ResourceARNList, Tags }) =>
    forEach(ctx, ResourceARNList, (owner, arn) => owner.tag(ctx, arn, Tags)),
})

export const untagResources = operation(UntagResources, {
  authorize: () => '*',
  provenance: 'modelled',
  run: (ctx, { ResourceARNList, TagKeys }) =>
    forEach(ctx, ResourceARNList, (owner, arn) => owner.untag(ctx, arn, TagKeys)),
})

/** One resource after the other; what one service refuses is said of its resource alone. */
async function forEach(
  ctx: Context,
  arns: readonly string[],
  change: (owner: Owner, arn: string) => Promise<unknown>,
): Promise<{ FailedResourcesMap: Record<string, FailureInfo> }> {
  for (const arn of arns) check(arn)
  const failed: Record<string, FailureInfo> = {}
  for (const arn of new Set(arns)) {
    try {
      await change(ownerOf(ctx, arn), arn)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      const { status, code, message } = error
      failed[arn] = { StatusCode: status, ErrorCode: code, ErrorMessage: message }
    }
  }
  return { FailedResourcesMap: failed }
}

/** Throws InvalidParameterException for the whole request. */
function check(arn: string): void {
  const match = /^arn:aws[a-z-]*:([a-z0-9-]+):[a-z0-9-]*:(?:\d{12})?:.+$/.exec(arn)
  const service = match?.[1]
  if (service === undefined) throw invalidArn(arn)
  if (unsupported.has(service)) throw unsupportedService(service, arn)
}

function ownerOf(ctx: Context, arn: string): Owner {
  const [, , service = '', region, accountId, ...resource] = arn.split(':')
  if (region !== '' && region !== ctx.region) throw otherPlace(arn)
  if (accountId !== '' && accountId !== ctx.accountId) throw otherPlace(arn)
  const found = owners[service]?.find((owner) => owner.resource.test(resource.join(':')))
  if (found === undefined) throw unbuilt(arn)
  return found
}
