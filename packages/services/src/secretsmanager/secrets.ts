import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import {
  CreateSecret,
  DescribeSecret,
  type DescribeSecretResponse,
  UpdateSecret,
} from '@cloud-orrery/models/secretsmanager'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { nameMarkedForDeletion, secretExists } from './errors.ts'
import { plainValue, putVersion, requestToken } from './put-value.ts'
import { checkName, judged, scopeOf, theOwnSecret, theSecret } from './references.ts'
import { addReplicas, replicaContext, replicate, replicationStatus } from './replicas.ts'
import { nextRotationDate, shownRotation } from './rotation-schedule.ts'
import { opened, type PlainValue, sealed } from './sealing.ts'
import { current, pending, previous } from './stages.ts'
import {
  type SecretRecord,
  secretArn,
  secrets,
  stagesByVersion,
  type VersionRecord,
  versionOf,
  versions,
  versionsOf,
} from './state.ts'
import { tagContext, tagList, tagsOf } from './tags.ts'

export const createSecret = operation(CreateSecret, {
  authorize(input, ctx) {
    const { Name, Tags = [], AddReplicaRegions = [], Description, KmsKeyId } = input
    const resource = secretArn(ctx, Name)
    const create = {
      resource,
      creates: true,
      context: {
        ...tagContext(Tags),
        ...replicaContext(input),
        'secretsmanager:Name': Name,
        ...(Description === undefined ? {} : { 'secretsmanager:Description': Description }),
        ...keyContext(KmsKeyId),
      },
    }
    const also = (action: string, needed: boolean) =>
      needed ? [{ ...create, action: `secretsmanager:${action}` }] : []
    return [
      create,
      ...also('TagResource', Tags.length > 0),
      ...also('ReplicateSecretToRegions', AddReplicaRegions.length > 0),
    ]
  },
  provenance: 'recorded',
  refuses: ['CrossAccountPrimaryARN', 'Type'],
  async run(ctx, input) {
    const { Name, Tags, AddReplicaRegions = [] } = input
    const token = requestToken(input)
    checkName(Name)
    const value = plainValue(input)
    const tags = tagsOf(ctx, Tags)
    const there = secrets.get(ctx, Name)
    if (there?.deletionAtMs !== undefined) throw nameMarkedForDeletion()
    if (there !== undefined) {
      // A repetition of the same request gets the same answer.
      if (value === undefined || versionOf(ctx, Name, token) === undefined) throw secretExists(Name)
      await putVersion(ctx, () => there, { token, value, stages: [current] })
      return { ARN: there.arn, Name, VersionId: token }
    }
    const secret = newSecret(ctx, input, tags)
    secrets.put(ctx, secret)
    const version = value === undefined ? undefined : await firstVersion(ctx, secret, token, value)
    if (AddReplicaRegions.length > 0) addReplicas(ctx, Name, input)
    const now = secrets.get(ctx, Name) ?? secret
    return {
      ARN: secret.arn,
      Name,
      ...(version === undefined ? {} : { VersionId: version.versionId }),
      ...(now.replicas.length === 0 ? {} : { ReplicationStatus: replicationStatus(ctx, now) }),
    }
  },
})

/** A secret whose first version cannot be kept, because its key is not to be used, is not there. */
async function firstVersion(
  ctx: Context,
  secret: SecretRecord,
  token: string,
  value: PlainValue,
): Promise<VersionRecord> {
  try {
    return await putVersion(ctx, () => secret, { token, value, stages: [current] })
  } catch (error) {
    secrets.delete(ctx, secret.name)
    throw error
  }
}

function newSecret(
  ctx: Context,
  {
    Name,
    Description,
    KmsKeyId,
  }: { Name: string; Description?: string | undefined; KmsKeyId?: string | undefined },
  tags: Readonly<Record<string, string>>,
): SecretRecord {
  return {
    name: Name,
    arn: secretArn(ctx, `${Name}-${ctx.ids.alphanumeric(6)}`),
    ...(Description === undefined ? {} : { description: Description }),
    ...(KmsKeyId === undefined ? {} : { kmsKeyId: KmsKeyId }),
    tags,
    createdAtMs: ctx.now(),
    changedAtMs: ctx.now(),
    versionsMade: 0,
    replicas: [],
  }
}

function keyContext(KmsKeyId: string | undefined) {
  if (KmsKeyId === undefined) return {}
  return {
    'secretsmanager:KmsKeyId': KmsKeyId,
    ...(KmsKeyId.startsWith('arn:') ? { 'secretsmanager:KmsKeyArn': KmsKeyId } : {}),
  }
}

export const updateSecret = operation(UpdateSecret, {
  scope: scopeOf,
  authorize: ({ SecretId, Description, KmsKeyId }, ctx) =>
    judged(ctx, SecretId, {
      ...(Description === undefined ? {} : { 'secretsmanager:Description': Description }),
      ...keyContext(KmsKeyId),
    }),
  provenance: 'recorded',
  refuses: ['Type'],
  async run(ctx, input) {
    const { SecretId, Description, KmsKeyId } = input
    const token = requestToken(input)
    const value = plainValue(input)
    const { name, arn, kmsKeyId } = theOwnSecret(ctx, SecretId)
    secrets.update(ctx, name, {
      changedAtMs: ctx.now(),
      ...(Description === undefined ? {} : { description: Description }),
      ...(KmsKeyId === undefined ? {} : { kmsKeyId: KmsKeyId }),
    })
    if (KmsKeyId !== undefined && KmsKeyId !== kmsKeyId) await reseal(ctx, name)
    if (value !== undefined) {
      const look = () => theOwnSecret(ctx, SecretId)
      await putVersion(ctx, look, { token, value, stages: [current] })
    }
    replicate(ctx, name)
    return { ARN: arn, Name: name, ...(value === undefined ? {} : { VersionId: token }) }
  },
})

/**
 * Encrypts the versions in use with the secret's new key. Those that the caller may not decrypt stay as they are.
 * Source: UpdateSecret, `KmsKeyId`.
 */
async function reseal(ctx: Context, name: string): Promise<void> {
  const secret = secrets.get(ctx, name)
  if (secret === undefined) return
  for (const { versionId, number, stages, value } of versionsOf(ctx, name)) {
    if (value === undefined || ![current, pending, previous].some((it) => stages.includes(it)))
      continue
    const place = { arn: secret.arn, versionId }
    try {
      const plain = await opened(ctx, place, value)
      const made = await sealed(ctx, place, plain, secret.kmsKeyId)
      versions.update(ctx, orderedKey(name, number), { value: made })
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'AccessDeniedException') throw error
    }
  }
}

export const describeSecret = operation(DescribeSecret, {
  scope: scopeOf,
  authorize: ({ SecretId }, ctx) => judged(ctx, SecretId),
  provenance: 'recorded',
  run(ctx, { SecretId }) {
    const secret = theSecret(ctx, SecretId)
    const stages = stagesByVersion(ctx, secret.name)
    return {
      ...describedSecret(secret),
      ...(stages === undefined ? {} : { VersionIdsToStages: stages }),
      ...(secret.replicas.length === 0
        ? {}
        : { ReplicationStatus: replicationStatus(ctx, secret) }),
    }
  },
})

/** What DescribeSecret and ListSecrets tell of a secret, but its versions. */
export function describedSecret(secret: SecretRecord): DescribeSecretResponse {
  const { rotation, tags } = secret
  const next = nextRotationDate(secret)
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    ...(secret.kmsKeyId === undefined ? {} : { KmsKeyId: secret.kmsKeyId }),
    ...(rotation === undefined ? {} : shownRotation(rotation)),
    ...(next === undefined ? {} : { NextRotationDate: next }),
    LastChangedDate: secret.changedAtMs,
    ...(secret.accessedAtMs === undefined ? {} : { LastAccessedDate: secret.accessedAtMs }),
    ...(secret.deletionAtMs === undefined ? {} : { DeletedDate: secret.deletionAtMs }),
    ...(Object.keys(tags).length === 0 ? {} : { Tags: tagList(tags) }),
    CreatedDate: secret.createdAtMs,
    ...(secret.primaryRegion === undefined ? {} : { PrimaryRegion: secret.primaryRegion }),
  }
}
