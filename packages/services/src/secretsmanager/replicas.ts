import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import {
  type CreateSecretRequest,
  RemoveRegionsFromReplication,
  ReplicateSecretToRegions,
  type ReplicationStatusType,
  StopReplicationToReplica,
} from '@cloud-orrery/models/secretsmanager'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Caller, Context } from '../context.ts'
import { operation, task } from '../define.ts'
import { invalidParameter, secretNotFound } from './errors.ts'
import { isReplicaHere, judged, scopeOf, theOwnSecret, theSecret } from './references.ts'
import { opened, sealed } from './sealing.ts'
import {
  type Replica,
  type SealedValue,
  type SecretRecord,
  secretArn,
  secrets,
  type VersionRecord,
  versions,
  versionsOf,
} from './state.ts'

type Wanted = Pick<CreateSecretRequest, 'AddReplicaRegions' | 'ForceOverwriteReplicaSecret'>

export function replicaContext({
  AddReplicaRegions,
  ForceOverwriteReplicaSecret,
}: Wanted): RequestContext {
  return {
    ...(AddReplicaRegions === undefined
      ? {}
      : {
          'secretsmanager:AddReplicaRegions': AddReplicaRegions.map(({ Region = '' }) => Region),
        }),
    ...(ForceOverwriteReplicaSecret === undefined
      ? {}
      : { 'secretsmanager:ForceOverwriteReplicaSecret': ForceOverwriteReplicaSecret }),
  }
}

export const replicateSecretToRegions = operation(ReplicateSecretToRegions, {
  scope: scopeOf,
  authorize: (input, ctx) => judged(ctx, input.SecretId, replicaContext(input)),
  provenance: 'modelled',
  run(ctx, input) {
    const { name } = theOwnSecret(ctx, input.SecretId)
    addReplicas(ctx, name, input)
    const secret = theOwnSecret(ctx, input.SecretId)
    return { ARN: secret.arn, ReplicationStatus: replicationStatus(ctx, secret) }
  },
})

/** Regions that are to have the secret too. The words of the refusals are ours. */
export function addReplicas(
  ctx: Context,
  name: string,
  { AddReplicaRegions = [], ForceOverwriteReplicaSecret = false }: Wanted,
): void {
  const secret = secrets.get(ctx, name)
  if (secret === undefined) throw secretNotFound()
  const added = AddReplicaRegions.map(({ Region = '', KmsKeyId }): Replica => {
    if (Region === ctx.region) {
      throw invalidParameter(`The secret is in the region ${Region} already.`)
    }
    return {
      region: Region,
      status: 'InProgress',
      ...(KmsKeyId === undefined ? {} : { kmsKeyId: KmsKeyId }),
    }
  })
  const regions = added.map(({ region }) => region)
  if (new Set(regions).size < regions.length) {
    throw invalidParameter('Replica regions must be unique.')
  }
  const kept = secret.replicas.filter(({ region }) => !regions.includes(region))
  secrets.update(ctx, name, { replicas: [...kept, ...added], primaryRegion: ctx.region })
  for (const region of regions) order(ctx, secret, region, ForceOverwriteReplicaSecret)
}

/** Brings the replicas of a secret up to date, a moment later; does nothing where it has none. */
export function replicate(ctx: Context, name: string): void {
  const secret = secrets.get(ctx, name)
  if (secret === undefined || isReplicaHere(ctx, secret)) return
  for (const { region } of secret.replicas) order(ctx, secret, region, true)
}

function order(ctx: Context, { name, arn }: SecretRecord, region: string, overwrite: boolean) {
  const delayMs = ctx.choose('secretsmanager.replicationLag', [0, 1_000, 30_000])
  ctx.after(delayMs, copyToRegion, { name, arn, region, overwrite, caller: ctx.caller })
}

interface Copy {
  readonly name: string
  readonly arn: string
  readonly region: string
  /** Whether a secret of this name that stands there already gives way. */
  readonly overwrite: boolean
  /** Keys of KMS are used in the name of who caused the copy. */
  readonly caller: Caller
}

export const copyToRegion = task<Copy>('secretsmanager.copyToRegion', {
  async run(ctx, copy) {
    const { name, region } = copy
    const secret = theSource(ctx, copy)
    if (secret === undefined) return
    const there = ctx.at({ region })
    const standing = secrets.get(there, name)
    if (standing !== undefined && standing.primaryRegion !== ctx.region && !copy.overwrite) {
      setStatus(ctx, copy, 'Failed', `A secret named ${name} exists in ${region} already.`)
      return
    }
    try {
      const values = await resealed(ctx, copy, secret)
      write(ctx, copy, values)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      setStatus(ctx, copy, 'Failed', error.message)
    }
  },
})

function theSource(ctx: Context, { name, arn, region }: Copy): SecretRecord | undefined {
  const secret = secrets.get(ctx, name)
  if (secret?.arn !== arn || !secret.replicas.some((it) => it.region === region)) return undefined
  return secret
}

/** Values under the keys of the other region, by version; those that are there already are left alone. */
async function resealed(
  ctx: Context,
  { name, region, caller }: Copy,
  secret: SecretRecord,
): Promise<ReadonlyMap<string, SealedValue>> {
  const there = ctx.at({ region })
  const kmsKeyId = secret.replicas.find((it) => it.region === region)?.kmsKeyId
  const before = new Map(versionsOf(there, name).map((it) => [it.versionId, it]))
  const values = new Map<string, SealedValue>()
  for (const version of versionsOf(ctx, name)) {
    const { versionId, value } = version
    if (value === undefined) continue
    const known = before.get(versionId)
    if (isCurrent(known, version) && known?.value?.kmsKeyId === kmsKeyId && known?.value) {
      values.set(versionId, known.value)
      continue
    }
    const as = { caller }
    const plain = await opened(ctx, { arn: secret.arn, versionId }, value, { as })
    const place = { arn: arnIn(there, secret), versionId }
    values.set(versionId, await sealed(there, place, plain, kmsKeyId, { as }))
  }
  return values
}

function isCurrent(known: VersionRecord | undefined, { createdAtMs, number }: VersionRecord) {
  return known?.createdAtMs === createdAtMs && known.number === number
}

/** A replica has the same name and characters at its end. */
function arnIn(there: Context, { name, arn }: SecretRecord): string {
  return secretArn(there, name + arn.slice(-7))
}

/** The replica as its primary is now; a version that came since is brought by the copy that it ordered. */
function write(ctx: Context, copy: Copy, values: ReadonlyMap<string, SealedValue>): void {
  const { name, region } = copy
  const secret = theSource(ctx, copy)
  if (secret === undefined) return
  const there = ctx.at({ region })
  const kmsKeyId = secret.replicas.find((it) => it.region === region)?.kmsKeyId
  const { kmsKeyId: _, rotation: __, replicas: ___, deletionAtMs: ____, ...same } = secret
  for (const { number } of versionsOf(there, name)) versions.delete(there, orderedKey(name, number))
  secrets.put(there, {
    ...same,
    arn: arnIn(there, secret),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    primaryRegion: ctx.region,
    replicas: [],
  })
  for (const version of versionsOf(ctx, name)) {
    const value = values.get(version.versionId)
    if (value !== undefined) versions.put(there, { ...version, value })
  }
  setStatus(ctx, copy, 'InSync')
}

function setStatus(
  ctx: Context,
  { name, region }: Copy,
  status: Replica['status'],
  statusMessage?: string,
): void {
  const replicas = (secrets.get(ctx, name)?.replicas ?? []).map((replica) => {
    if (replica.region !== region) return replica
    const { statusMessage: _, ...rest } = replica
    return { ...rest, status, ...(statusMessage === undefined ? {} : { statusMessage }) }
  })
  secrets.update(ctx, name, { replicas })
}

export function replicationStatus(
  ctx: Context,
  { name, replicas }: SecretRecord,
): ReplicationStatusType[] {
  return replicas.map(({ region, kmsKeyId, status, statusMessage }) => {
    const accessedAtMs = secrets.get(ctx.at({ region }), name)?.accessedAtMs
    return {
      Region: region,
      KmsKeyId: kmsKeyId ?? 'alias/aws/secretsmanager',
      Status: status,
      ...(statusMessage === undefined
        ? status === 'InSync'
          ? { StatusMessage: 'Replication succeeded' }
          : {}
        : { StatusMessage: statusMessage }),
      ...(accessedAtMs === undefined ? {} : { LastAccessedDate: accessedAtMs }),
    }
  })
}

export const removeRegionsFromReplication = operation(RemoveRegionsFromReplication, {
  scope: scopeOf,
  authorize: ({ SecretId }, ctx) => judged(ctx, SecretId),
  provenance: 'modelled',
  run(ctx, { SecretId, RemoveReplicaRegions }) {
    const secret = theOwnSecret(ctx, SecretId)
    const { name, replicas } = secret
    const unknown = RemoveReplicaRegions.find(
      (region) => !replicas.some((replica) => replica.region === region),
    )
    if (unknown !== undefined) {
      throw invalidParameter(`The secret is not replicated to the region ${unknown}.`)
    }
    for (const region of RemoveReplicaRegions) removeReplica(ctx.at({ region }), secret)
    const kept = replicas.filter(({ region }) => !RemoveReplicaRegions.includes(region))
    secrets.update(ctx, name, { replicas: kept })
    const after = { ...secret, replicas: kept }
    return { ARN: secret.arn, ReplicationStatus: replicationStatus(ctx, after) }
  },
})

function removeReplica(there: Context, secret: SecretRecord): void {
  const { name } = secret
  if (secrets.get(there, name)?.arn !== arnIn(there, secret)) return
  for (const { number } of versionsOf(there, name)) versions.delete(there, orderedKey(name, number))
  secrets.delete(there, name)
}

/** Makes a replica a secret of its own. */
export const stopReplicationToReplica = operation(StopReplicationToReplica, {
  scope: scopeOf,
  authorize: ({ SecretId }, ctx) => judged(ctx, SecretId),
  provenance: 'modelled',
  run(ctx, { SecretId }) {
    const secret = theSecret(ctx, SecretId)
    if (!isReplicaHere(ctx, secret)) {
      throw invalidParameter('The secret is not a replica.')
    }
    const { primaryRegion = '', ...own } = secret
    secrets.put(ctx, own)
    const there = ctx.at({ region: primaryRegion })
    const primary = secrets.get(there, secret.name)
    if (primary !== undefined) {
      const replicas = primary.replicas.filter(({ region }) => region !== ctx.region)
      secrets.update(there, secret.name, { replicas })
    }
    return { ARN: secret.arn }
  },
})
