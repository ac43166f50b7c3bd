import { AwsError } from '@cloud-orrery/models'
import {
  AwsSecretsManagerSecret,
  type AwsSecretsManagerSecretProperties,
  CreateSecret,
  DeleteSecret,
  DescribeSecret,
  type DescribeSecretResponse,
  GetRandomPassword,
  RemoveRegionsFromReplication,
  ReplicateSecretToRegions,
  ResourceNotFoundException,
  TagResource,
  UntagResource,
  UpdateSecret,
} from '@cloud-orrery/models/secretsmanager'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalidRequest } from '../errors.ts'

type Properties = AwsSecretsManagerSecretProperties

export const secretType = resource(AwsSecretsManagerSecret, {
  async create(ctx, properties) {
    const { Name, Description, KmsKeyId, ReplicaRegions = [] } = properties
    if (properties.Type !== undefined)
      throw notModelled('the property Type of AWS::SecretsManager::Secret')
    const SecretString = await valueFor(ctx, properties)
    const Tags = tagList(wantedTags(ctx, properties))
    const { ARN = '' } = await ctx.call(CreateSecret, {
      // As CloudFormation names secrets: `MySecret-Zr9P6lqNnHJx`.
      Name: Name ?? `${ctx.logicalId}-${ctx.ids.alphanumeric(12)}`,
      ClientRequestToken: ctx.ids.uuid(),
      Description,
      KmsKeyId,
      SecretString,
      ...(Tags.length === 0 ? {} : { Tags }),
      ...(ReplicaRegions.length === 0 ? {} : { AddReplicaRegions: ReplicaRegions }),
    })
    return { Id: ARN }
  },
  async update(ctx, properties, previous, { Id }) {
    const { Description = '', KmsKeyId } = properties
    const isNewValue =
      JSON.stringify([previous.SecretString, previous.GenerateSecretString]) !==
      JSON.stringify([properties.SecretString, properties.GenerateSecretString])
    await ctx.call(UpdateSecret, {
      SecretId: Id,
      ClientRequestToken: ctx.ids.uuid(),
      Description,
      KmsKeyId,
      ...(isNewValue ? { SecretString: await valueFor(ctx, properties) } : {}),
    })
    await changeTags(ctx, Id, wantedTags(ctx, previous), wantedTags(ctx, properties))
    await changeReplicas(ctx, Id, previous, properties)
    return { Id }
  },
  async delete(ctx, { Id }, { ReplicaRegions = [] }) {
    if (ReplicaRegions.length > 0) {
      const RemoveReplicaRegions = ReplicaRegions.map(({ Region }) => Region)
      await ctx.call(RemoveRegionsFromReplication, { SecretId: Id, RemoveReplicaRegions })
    }
    // Source: users' reports: a stack can be made anew at once under the same names.
    await ctx.call(DeleteSecret, { SecretId: Id, ForceDeleteWithoutRecovery: true })
  },
  async read(ctx, { Id }, properties): Promise<Partial<Properties> | undefined> {
    const found = await secretOf(ctx, Id)
    if (found === undefined) return undefined
    const { Name, Description, KmsKeyId, Tags = [] } = found
    return {
      Name,
      ...(properties.Description === undefined ? {} : { Description }),
      ...(properties.KmsKeyId === undefined ? {} : { KmsKeyId }),
      ...(properties.Tags === undefined
        ? {}
        : {
            Tags: Tags.filter(({ Key = '' }) => !Key.startsWith('aws:')).map(
              ({ Key = '', Value = '' }) => ({ Key, Value }),
            ),
          }),
    }
  },
  async adopt(ctx, { Id = '' }) {
    const found = await secretOf(ctx, Id)
    return found === undefined ? undefined : { Id: found.ARN }
  },
})

/** The value of the template, or one that is drawn as it asks; nothing asked for draws a password alone. */
async function valueFor(
  ctx: ResourceContext,
  { SecretString, GenerateSecretString }: Properties,
): Promise<string | undefined> {
  if (SecretString !== undefined || GenerateSecretString === undefined) return SecretString
  const { SecretStringTemplate, GenerateStringKey, ...options } = GenerateSecretString
  const { RandomPassword = '' } = await ctx.call(GetRandomPassword, options)
  if (SecretStringTemplate === undefined && GenerateStringKey === undefined) return RandomPassword
  // The words of both refusals are ours.
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) {
    throw invalidRequest('SecretStringTemplate and GenerateStringKey go together.')
  }
  const template = parsedObject(SecretStringTemplate)
  if (template === undefined) throw invalidRequest('SecretStringTemplate is no JSON object.')
  return JSON.stringify({ ...template, [GenerateStringKey]: RandomPassword })
}

function parsedObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined // No JSON at all.
  }
}

async function secretOf(
  ctx: ResourceContext,
  SecretId: string,
): Promise<DescribeSecretResponse | undefined> {
  try {
    return await ctx.call(DescribeSecret, { SecretId })
  } catch (error) {
    if (error instanceof AwsError && error.code === ResourceNotFoundException.code) return undefined
    throw error
  }
}

type TagMap = Readonly<Record<string, string>>

/** Recorded: cloudformation, `test_cfn_secretsmanager_gen_secret`: the three come in this order, after all others. */
const ownTags = ['stack-name', 'logical-id', 'stack-id'].map((it) => `aws:cloudformation:${it}`)

function wantedTags(ctx: ResourceContext, { Tags = [] }: Properties): TagMap {
  const all = {
    ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
    ...ctx.stackTags,
  }
  const place = ([key]: [string, string]) => ownTags.indexOf(key)
  return Object.fromEntries(Object.entries(all).sort((a, b) => place(a) - place(b)))
}

async function changeTags(
  ctx: ResourceContext,
  SecretId: string,
  before: TagMap,
  after: TagMap,
): Promise<void> {
  const TagKeys = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
  const Tags = tagList(after).filter(({ Key, Value }) => before[Key] !== Value)
  if (TagKeys.length > 0) await ctx.call(UntagResource, { SecretId, TagKeys })
  if (Tags.length > 0) await ctx.call(TagResource, { SecretId, Tags })
}

function tagList(tags: TagMap) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

async function changeReplicas(
  ctx: ResourceContext,
  SecretId: string,
  { ReplicaRegions: before = [] }: Properties,
  { ReplicaRegions: after = [] }: Properties,
): Promise<void> {
  const regions = (list: typeof before) => list.map(({ Region }) => Region)
  const RemoveReplicaRegions = regions(before).filter((it) => !regions(after).includes(it))
  const AddReplicaRegions = after.filter(({ Region }) => !regions(before).includes(Region))
  if (RemoveReplicaRegions.length > 0) {
    await ctx.call(RemoveRegionsFromReplication, { SecretId, RemoveReplicaRegions })
  }
  if (AddReplicaRegions.length > 0) {
    await ctx.call(ReplicateSecretToRegions, { SecretId, AddReplicaRegions })
  }
}
