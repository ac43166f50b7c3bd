import { AwsError, type ResourceTag } from '@cloud-orrery/models'
import {
  AwsEcrRepository,
  type AwsEcrRepositoryProperties,
  CreateRepository,
  DeleteLifecyclePolicy,
  DeleteRepository,
  DeleteRepositoryPolicy,
  DescribeRepositories,
  GetLifecyclePolicy,
  GetRepositoryPolicy,
  ListTagsForResource,
  PutImageScanningConfiguration,
  PutImageTagMutability,
  PutLifecyclePolicy,
  SetRepositoryPolicy,
  TagResource,
  UntagResource,
} from '@cloud-orrery/models/ecr'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { repositoryArn, repositoryUri } from '../state.ts'

export const repositoryType = resource(AwsEcrRepository, {
  async create(ctx, properties) {
    refuseUnbuilt(properties)
    const repositoryName =
      properties.RepositoryName ?? ctx.physicalName({ lengthMax: 256, lowerCase: true })
    await ctx.call(CreateRepository, {
      repositoryName,
      imageTagMutability: properties.ImageTagMutability,
      imageScanningConfiguration: scanning(properties),
      tags: Object.entries(wantedTags(ctx, properties)).map(([Key, Value]) => ({ Key, Value })),
    })
    ctx.made(stateOf(ctx, repositoryName))
    await setPolicies(ctx, repositoryName, properties, {})
    return stateOf(ctx, repositoryName)
  },
  async update(ctx, properties, previous, { physicalId = '' }) {
    refuseUnbuilt(properties)
    const repositoryName = physicalId
    if (properties.ImageTagMutability !== previous.ImageTagMutability) {
      const imageTagMutability = properties.ImageTagMutability ?? 'MUTABLE'
      await ctx.call(PutImageTagMutability, { repositoryName, imageTagMutability })
    }
    const imageScanningConfiguration = scanning(properties) ?? { scanOnPush: false }
    if (!isSame(imageScanningConfiguration, scanning(previous) ?? { scanOnPush: false })) {
      await ctx.call(PutImageScanningConfiguration, { repositoryName, imageScanningConfiguration })
    }
    await setPolicies(ctx, repositoryName, properties, previous)
    await setTags(ctx, repositoryName, properties, previous)
    return stateOf(ctx, repositoryName)
  },
  async delete(ctx, { physicalId = '' }, { EmptyOnDelete }) {
    await ctx.call(DeleteRepository, { repositoryName: physicalId, force: EmptyOnDelete === true })
  },
  async read(ctx, { physicalId = '' }, properties) {
    const { repositories = [] } = await ctx.call(DescribeRepositories, {
      repositoryNames: [physicalId],
    })
    const [repository] = repositories
    return {
      RepositoryName: physicalId,
      ImageTagMutability: repository?.imageTagMutability,
      ImageScanningConfiguration: {
        ScanOnPush: repository?.imageScanningConfiguration?.scanOnPush,
      },
      ...(await currentPolicies(ctx, physicalId, properties)),
      ...(properties.Tags === undefined ? {} : { Tags: await currentTags(ctx, physicalId) }),
    }
  },
})

/** What the repository says now of the policies that its template gives. */
async function currentPolicies(
  ctx: ResourceContext,
  repositoryName: string,
  { LifecyclePolicy, RepositoryPolicyText }: AwsEcrRepositoryProperties,
): Promise<Partial<AwsEcrRepositoryProperties>> {
  const lifecycle =
    LifecyclePolicy === undefined
      ? undefined
      : await unlessGone(ctx.call(GetLifecyclePolicy, { repositoryName }))
  const policy =
    RepositoryPolicyText === undefined
      ? undefined
      : await unlessGone(ctx.call(GetRepositoryPolicy, { repositoryName }))
  const LifecyclePolicyText = lifecycle?.lifecyclePolicyText
  return {
    ...(LifecyclePolicyText === undefined ? {} : { LifecyclePolicy: { LifecyclePolicyText } }),
    ...(policy?.policyText === undefined
      ? {}
      : { RepositoryPolicyText: JSON.parse(policy.policyText) as unknown }),
  }
}

async function currentTags(ctx: ResourceContext, name: string): Promise<ResourceTag[]> {
  const resourceArn = repositoryArn(ctx, name)
  const { tags = [] } = await ctx.call(ListTagsForResource, { resourceArn })
  return tags.map(({ Key, Value }) => ({ Key, Value }))
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && /NotFound/.test(error.code)) return undefined
    throw error
  }
}

function stateOf(ctx: ResourceContext, name: string) {
  return {
    physicalId: name,
    Arn: repositoryArn(ctx, name),
    RepositoryUri: repositoryUri(ctx, name),
  }
}

function refuseUnbuilt(properties: AwsEcrRepositoryProperties): void {
  const { EncryptionConfiguration, ImageTagMutabilityExclusionFilters } = properties
  if (
    EncryptionConfiguration !== undefined &&
    EncryptionConfiguration.EncryptionType !== 'AES256'
  ) {
    throw notModelled('EncryptionConfiguration of AWS::ECR::Repository')
  }
  if (ImageTagMutabilityExclusionFilters !== undefined) {
    throw notModelled('ImageTagMutabilityExclusionFilters of AWS::ECR::Repository')
  }
}

function scanning({ ImageScanningConfiguration }: AwsEcrRepositoryProperties) {
  if (ImageScanningConfiguration === undefined) return undefined
  return { scanOnPush: ImageScanningConfiguration.ScanOnPush ?? false }
}

async function setPolicies(
  ctx: ResourceContext,
  repositoryName: string,
  properties: AwsEcrRepositoryProperties,
  previous: AwsEcrRepositoryProperties,
): Promise<void> {
  const { RepositoryPolicyText, LifecyclePolicy } = properties
  if (!isSame(RepositoryPolicyText, previous.RepositoryPolicyText)) {
    if (RepositoryPolicyText === undefined) {
      await ctx.call(DeleteRepositoryPolicy, { repositoryName })
    } else {
      const policyText =
        typeof RepositoryPolicyText === 'string'
          ? RepositoryPolicyText
          : JSON.stringify(RepositoryPolicyText)
      await ctx.call(SetRepositoryPolicy, { repositoryName, policyText })
    }
  }
  const lifecyclePolicyText = LifecyclePolicy?.LifecyclePolicyText
  if (lifecyclePolicyText === previous.LifecyclePolicy?.LifecyclePolicyText) return
  await (lifecyclePolicyText === undefined
    ? ctx.call(DeleteLifecyclePolicy, { repositoryName })
    : ctx.call(PutLifecyclePolicy, { repositoryName, lifecyclePolicyText }))
}

function wantedTags(
  ctx: ResourceContext,
  { Tags = [] }: AwsEcrRepositoryProperties,
): Record<string, string> {
  return { ...ctx.stackTags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) }
}

async function setTags(
  ctx: ResourceContext,
  name: string,
  properties: AwsEcrRepositoryProperties,
  previous: AwsEcrRepositoryProperties,
): Promise<void> {
  const resourceArn = repositoryArn(ctx, name)
  const wanted = wantedTags(ctx, properties)
  const tagKeys = (previous.Tags ?? []).map(({ Key }) => Key).filter((key) => !(key in wanted))
  if (tagKeys.length > 0) await ctx.call(UntagResource, { resourceArn, tagKeys })
  const tags = Object.entries(wanted).map(([Key, Value]) => ({ Key, Value }))
  if (tags.length > 0) await ctx.call(TagResource, { resourceArn, tags })
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
