import { AwsError, type ResourceTag } from '@cloud-orrery/models'
import {
  AwsKmsKey,
  type AwsKmsKeyProperties,
  CreateKey,
  DescribeKey,
  DisableKey,
  DisableKeyRotation,
  EnableKey,
  EnableKeyRotation,
  GetKeyPolicy,
  GetKeyRotationStatus,
  type KeyMetadata,
  ListResourceTags,
  NotFoundException,
  PutKeyPolicy,
  ScheduleKeyDeletion,
  type Tag,
  TagResource,
  UntagResource,
  UpdateKeyDescription,
} from '@cloud-orrery/models/kms'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { unchangeable } from '../errors.ts'

/** What a key is for good, and is where the template does not say. */
const fixed = {
  KeySpec: 'SYMMETRIC_DEFAULT',
  KeyUsage: 'ENCRYPT_DECRYPT',
  Origin: 'AWS_KMS',
  MultiRegion: false,
} as const
const fixedNames = Object.keys(fixed) as readonly (keyof typeof fixed)[]

/** A key is made enabled; what a property says otherwise is done right after. */
export const keyType = resource(AwsKmsKey, {
  async create(ctx, properties) {
    const { Enabled = true, EnableKeyRotation: rotates = false } = properties
    const { KeyMetadata } = await ctx.call(CreateKey, {
      Description: properties.Description ?? '',
      KeySpec: properties.KeySpec,
      KeyUsage: properties.KeyUsage,
      MultiRegion: properties.MultiRegion,
      Origin: properties.Origin,
      BypassPolicyLockoutSafetyCheck: properties.BypassPolicyLockoutSafetyCheck,
      ...policyOf(properties),
      ...tagsOf(ctx, properties.Tags),
    })
    const { KeyId = '', Arn = '' } = KeyMetadata ?? {}
    ctx.made({ KeyId, Arn })
    if (rotates) await enableRotation(ctx, KeyId, properties)
    if (!Enabled) await ctx.call(DisableKey, { KeyId })
    return { KeyId, Arn }
  },

  async adopt(ctx, { KeyId = '' }) {
    const key = await found(ctx, KeyId)
    if (key === undefined || key.KeyState === 'PendingDeletion') return undefined
    return { KeyId: key.KeyId, Arn: key.Arn ?? '' }
  },

  async update(ctx, properties, previous, state) {
    const { KeyId } = state
    await checkFixed(ctx, KeyId, properties, previous)
    const { Enabled = true, Description = '' } = properties
    const wasEnabled = previous.Enabled ?? true
    // What changes a key needs it enabled, so that it is enabled first and disabled last.
    if (Enabled && !wasEnabled) await ctx.call(EnableKey, { KeyId })
    if (Description !== (previous.Description ?? '')) {
      await ctx.call(UpdateKeyDescription, { KeyId, Description })
    }
    await updatePolicy(ctx, KeyId, properties, previous)
    await updateRotation(ctx, KeyId, properties, previous)
    await updateTags(ctx, KeyId, properties.Tags)
    if (!Enabled && wasEnabled) await ctx.call(DisableKey, { KeyId })
    return state
  },

  async delete(ctx, { KeyId }, { PendingWindowInDays }) {
    const key = await found(ctx, KeyId)
    if (key === undefined || key.KeyState === 'PendingDeletion') return
    await ctx.call(ScheduleKeyDeletion, { KeyId, PendingWindowInDays })
  },

  async read(ctx, { KeyId }, properties) {
    const key = await found(ctx, KeyId)
    if (key === undefined || key.KeyState === 'PendingDeletion') return undefined
    return {
      ...properties,
      Description: key.Description ?? '',
      Enabled: key.Enabled ?? true,
      ...(await currentRotation(ctx, key, properties)),
      ...(properties.KeyPolicy === undefined ? {} : { KeyPolicy: await currentPolicy(ctx, KeyId) }),
      ...(properties.Tags === undefined ? {} : { Tags: await currentTags(ctx, KeyId) }),
    }
  },
})

/** A rollback comes here too, from a template that was refused to the one that is true of the key. */
async function checkFixed(
  ctx: ResourceContext,
  KeyId: string,
  properties: AwsKmsKeyProperties,
  previous: AwsKmsKeyProperties,
): Promise<void> {
  const changed = fixedNames.filter((name) => properties[name] !== previous[name])
  if (changed.length === 0) return
  const key = await found(ctx, KeyId)
  const other = changed.find((name) => (properties[name] ?? fixed[name]) !== key?.[name])
  if (other !== undefined) throw unchangeable(other)
}

async function found(ctx: ResourceContext, KeyId: string): Promise<KeyMetadata | undefined> {
  try {
    return (await ctx.call(DescribeKey, { KeyId })).KeyMetadata
  } catch (error) {
    if (error instanceof AwsError && error.code === NotFoundException.code) return undefined
    throw error
  }
}

function policyOf({ KeyPolicy }: AwsKmsKeyProperties): { Policy?: string } {
  if (KeyPolicy === undefined) return {}
  return { Policy: typeof KeyPolicy === 'string' ? KeyPolicy : JSON.stringify(KeyPolicy) }
}

async function updatePolicy(
  ctx: ResourceContext,
  KeyId: string,
  properties: AwsKmsKeyProperties,
  previous: AwsKmsKeyProperties,
): Promise<void> {
  const { Policy } = policyOf(properties)
  if (Policy === undefined || Policy === policyOf(previous).Policy) return
  await ctx.call(PutKeyPolicy, {
    KeyId,
    Policy,
    PolicyName: 'default',
    BypassPolicyLockoutSafetyCheck: properties.BypassPolicyLockoutSafetyCheck,
  })
}

async function updateRotation(
  ctx: ResourceContext,
  KeyId: string,
  properties: AwsKmsKeyProperties,
  previous: AwsKmsKeyProperties,
): Promise<void> {
  const { EnableKeyRotation: rotates = false, RotationPeriodInDays: period } = properties
  const { EnableKeyRotation: rotated = false, RotationPeriodInDays: before } = previous
  if (!rotates && rotated) await ctx.call(DisableKeyRotation, { KeyId })
  if (rotates && (!rotated || period !== before)) await enableRotation(ctx, KeyId, properties)
}

async function enableRotation(
  ctx: ResourceContext,
  KeyId: string,
  { RotationPeriodInDays }: AwsKmsKeyProperties,
): Promise<void> {
  await ctx.call(EnableKeyRotation, { KeyId, RotationPeriodInDays })
}

/** Tags of stack and template, CloudFormation's own three among them. */
function tagsOf(ctx: ResourceContext, own: readonly ResourceTag[] = []): { Tags?: Tag[] } {
  const all = {
    ...ctx.stackTags,
    ...Object.fromEntries(own.map(({ Key, Value }) => [Key, Value])),
  }
  const Tags = Object.entries(all).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
  return Tags.length === 0 ? {} : { Tags }
}

async function updateTags(
  ctx: ResourceContext,
  KeyId: string,
  own: readonly ResourceTag[] | undefined,
): Promise<void> {
  const { Tags = [] } = tagsOf(ctx, own)
  const { Tags: before = [] } = await ctx.call(ListResourceTags, { KeyId })
  const kept = new Set(Tags.map(({ TagKey }) => TagKey))
  const TagKeys = before.map(({ TagKey }) => TagKey).filter((name) => !kept.has(name))
  if (TagKeys.length > 0) await ctx.call(UntagResource, { KeyId, TagKeys })
  const has = new Map(before.map(({ TagKey, TagValue }) => [TagKey, TagValue]))
  const changed = Tags.filter(({ TagKey, TagValue }) => has.get(TagKey) !== TagValue)
  if (changed.length > 0) await ctx.call(TagResource, { KeyId, Tags: changed })
}

async function currentRotation(
  ctx: ResourceContext,
  { KeyId, KeySpec }: KeyMetadata,
  { RotationPeriodInDays }: AwsKmsKeyProperties,
): Promise<Partial<AwsKmsKeyProperties>> {
  if (KeySpec !== 'SYMMETRIC_DEFAULT') return {}
  const status = await ctx.call(GetKeyRotationStatus, { KeyId })
  return {
    EnableKeyRotation: status.KeyRotationEnabled ?? false,
    ...(RotationPeriodInDays === undefined || status.RotationPeriodInDays === undefined
      ? {}
      : { RotationPeriodInDays: status.RotationPeriodInDays }),
  }
}

async function currentPolicy(ctx: ResourceContext, KeyId: string): Promise<unknown> {
  const { Policy = '{}' } = await ctx.call(GetKeyPolicy, { KeyId, PolicyName: 'default' })
  return JSON.parse(Policy) as unknown
}

async function currentTags(ctx: ResourceContext, KeyId: string): Promise<ResourceTag[]> {
  const { Tags = [] } = await ctx.call(ListResourceTags, { KeyId })
  return Tags.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue }))
}
