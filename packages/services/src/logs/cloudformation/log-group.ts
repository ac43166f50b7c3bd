import type { ResourceTag } from '@cloud-orrery/models'
import {
  AssociateKmsKey,
  AwsLogsLogGroup,
  type AwsLogsLogGroupProperties,
  CreateLogGroup,
  DeleteLogGroup,
  DeleteRetentionPolicy,
  DescribeLogGroups,
  DisassociateKmsKey,
  ListTagsForResource,
  PutLogGroupDeletionProtection,
  PutRetentionPolicy,
  TagResource,
  UntagResource,
} from '@cloud-orrery/models/logs'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { logGroupArn } from '../state.ts'

/** Properties of features that are not built: naming one is refused by name. */
const unbuilt: readonly (keyof AwsLogsLogGroupProperties)[] = [
  'BearerTokenAuthenticationEnabled',
  'DataProtectionPolicy',
  'FieldIndexPolicies',
  'ResourcePolicyDocument',
]

export const logGroupType = resource(AwsLogsLogGroup, {
  async create(ctx, properties) {
    refuseUnbuilt(properties)
    const { LogGroupClass, RetentionInDays, DeletionProtectionEnabled } = properties
    const logGroupName = properties.LogGroupName ?? ctx.physicalName({ lengthMax: 512 })
    const tags = tagsOf(ctx, properties.Tags)
    await ctx.call(CreateLogGroup, {
      logGroupName,
      logGroupClass: LogGroupClass,
      deletionProtectionEnabled: DeletionProtectionEnabled,
      kmsKeyId: properties.KmsKeyId,
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
    })
    const state = { physicalId: logGroupName, Arn: `${logGroupArn(ctx, logGroupName)}:*` }
    ctx.made(state)
    if (RetentionInDays !== undefined) {
      await ctx.call(PutRetentionPolicy, { logGroupName, retentionInDays: RetentionInDays })
    }
    return state
  },
  adopt: (ctx, { LogGroupName = '' }) => ({
    physicalId: LogGroupName,
    Arn: `${logGroupArn(ctx, LogGroupName)}:*`,
  }),
  async update(ctx, properties, previous, state) {
    refuseUnbuilt(properties)
    const logGroupName = state.physicalId ?? ''
    const { RetentionInDays, DeletionProtectionEnabled = false } = properties
    if (RetentionInDays !== previous.RetentionInDays) {
      await (RetentionInDays === undefined
        ? ctx.call(DeleteRetentionPolicy, { logGroupName })
        : ctx.call(PutRetentionPolicy, { logGroupName, retentionInDays: RetentionInDays }))
    }
    if (DeletionProtectionEnabled !== (previous.DeletionProtectionEnabled ?? false)) {
      await ctx.call(PutLogGroupDeletionProtection, {
        logGroupIdentifier: logGroupName,
        deletionProtectionEnabled: DeletionProtectionEnabled,
      })
    }
    if (properties.KmsKeyId !== previous.KmsKeyId) {
      await (properties.KmsKeyId === undefined
        ? ctx.call(DisassociateKmsKey, { logGroupName })
        : ctx.call(AssociateKmsKey, { logGroupName, kmsKeyId: properties.KmsKeyId }))
    }
    await changeTags(ctx, logGroupName, properties.Tags, previous.Tags)
    return { ...state, physicalId: logGroupName }
  },
  async delete(ctx, { physicalId: logGroupName = '' }) {
    await ctx.call(DeleteLogGroup, { logGroupName })
  },
  async read(ctx, { physicalId = '' }, { Tags }) {
    const { logGroups = [] } = await ctx.call(DescribeLogGroups, { logGroupNamePrefix: physicalId })
    const found = logGroups.find(({ logGroupName }) => logGroupName === physicalId)
    if (found === undefined) return undefined
    const { retentionInDays, logGroupClass, deletionProtectionEnabled, kmsKeyId } = found
    return {
      LogGroupName: physicalId,
      RetentionInDays: retentionInDays,
      LogGroupClass: logGroupClass,
      ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
      ...(deletionProtectionEnabled === undefined
        ? {}
        : { DeletionProtectionEnabled: deletionProtectionEnabled }),
      ...(Tags === undefined ? {} : { Tags: await currentTags(ctx, physicalId) }),
    }
  },
})

function refuseUnbuilt(properties: AwsLogsLogGroupProperties): void {
  for (const name of unbuilt) {
    if (properties[name] === undefined || properties[name] === false) continue
    throw notModelled(`the property ${name} of AWS::Logs::LogGroup`)
  }
}

/** Tags of stack and template. The three of CloudFormation's own are not among those that may be set. */
function tagsOf(ctx: ResourceContext, own: readonly ResourceTag[] = []): Record<string, string> {
  const stack = Object.entries(ctx.stackTags).filter(([key]) => !key.startsWith('aws:'))
  return Object.fromEntries([...stack, ...own.map(({ Key, Value }) => [Key, Value] as const)])
}

async function changeTags(
  ctx: ResourceContext,
  name: string,
  after: readonly ResourceTag[] = [],
  before: readonly ResourceTag[] = [],
): Promise<void> {
  const resourceArn = logGroupArn(ctx, name)
  const tags = tagsOf(ctx, after)
  const tagKeys = before.map(({ Key }) => Key).filter((key) => !Object.hasOwn(tags, key))
  if (tagKeys.length > 0) await ctx.call(UntagResource, { resourceArn, tagKeys })
  if (Object.keys(tags).length > 0) await ctx.call(TagResource, { resourceArn, tags })
}

async function currentTags(ctx: ResourceContext, name: string): Promise<ResourceTag[]> {
  const { tags = {} } = await ctx.call(ListTagsForResource, { resourceArn: logGroupArn(ctx, name) })
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
