import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { BatchGetSecretValue, GetSecretValue } from '@cloud-orrery/models/secretsmanager'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { invalidParameter, stageOfOtherVersion, valueNotFound } from './errors.ts'
import type { wantedBy } from './filters.ts'
import { valuePageItemsMax } from './limits.ts'
import { secretsPage } from './listing.ts'
import { shownValue } from './put-value.ts'
import { judged, scopeOf, theActiveSecret } from './references.ts'
import { opened } from './sealing.ts'
import { current } from './stages.ts'
import {
  type SecretRecord,
  secrets,
  stagedVersion,
  type VersionRecord,
  versionOf,
  versions,
} from './state.ts'

const dayMs = 24 * 60 * 60_000

export const getSecretValue = operation(GetSecretValue, {
  scope: scopeOf,
  authorize: ({ SecretId, VersionId, VersionStage }, ctx) =>
    judged(ctx, SecretId, versionContext(VersionId, VersionStage)),
  provenance: 'recorded',
  secretOutput: ['SecretBinary', 'SecretString'],
  run: (ctx, { SecretId, VersionId, VersionStage }) =>
    valueIn(ctx, theActiveSecret(ctx, SecretId), VersionId, VersionStage),
})

/** Where a call names no version, it is the one with AWSCURRENT. */
function versionContext(
  id?: string,
  stage = id === undefined ? current : undefined,
): RequestContext {
  return {
    ...(id === undefined ? {} : { 'secretsmanager:VersionId': id }),
    ...(stage === undefined ? {} : { 'secretsmanager:VersionStage': stage }),
  }
}

async function valueIn(ctx: Context, secret: SecretRecord, id?: string, stage?: string) {
  const { arn, name } = secret
  const version = versionMeant(ctx, name, id, stage)
  const { versionId, stages, createdAtMs, value } = version
  if (value === undefined) throw valueNotFound(stage === undefined ? { versionId } : { stage })
  const shown = shownValue(await opened(ctx, { arn, versionId }, value))
  noteAccess(ctx, version)
  return {
    ARN: arn,
    CreatedDate: createdAtMs,
    Name: name,
    ...shown,
    VersionId: versionId,
    ...(stages.length === 0 ? {} : { VersionStages: stages }),
  }
}

function versionMeant(
  ctx: Context,
  name: string,
  id: string | undefined,
  stage: string | undefined,
): VersionRecord {
  if (id === undefined) {
    const wanted = stage ?? current
    const found = stagedVersion(ctx, name, wanted)
    if (found === undefined) throw valueNotFound({ stage: wanted })
    return found
  }
  const found = versionOf(ctx, name, id)
  if (found === undefined) throw valueNotFound({ versionId: id })
  if (stage !== undefined && !found.stages.includes(stage)) throw stageOfOtherVersion()
  return found
}

/** Days alone are kept. Source: DescribeSecret, `LastAccessedDate`. */
function noteAccess(ctx: Context, { name, number }: VersionRecord): void {
  const accessedAtMs = Math.floor(ctx.now() / dayMs) * dayMs
  const key = orderedKey(name, number)
  if (versions.get(ctx, key)?.accessedAtMs !== accessedAtMs) {
    if (versions.has(ctx, key)) versions.update(ctx, key, { accessedAtMs })
  }
  const secret = secrets.get(ctx, name)
  if (secret !== undefined && secret.accessedAtMs !== accessedAtMs) {
    secrets.update(ctx, name, { accessedAtMs })
  }
}

export const batchGetSecretValue = operation(BatchGetSecretValue, {
  authorize: ({ Filters }) => [
    { resource: '*' },
    // Source: BatchGetSecretValue, required permissions: filters list secrets.
    ...(Filters === undefined ? [] : [{ action: 'secretsmanager:ListSecrets', resource: '*' }]),
  ],
  provenance: 'modelled',
  secretOutput: ['SecretValues'],
  async run(ctx, { SecretIdList, Filters, MaxResults, NextToken }) {
    if ((SecretIdList === undefined) === (Filters === undefined)) {
      throw invalidParameter('You must provide either SecretIdList or Filters, but not both.')
    }
    if (SecretIdList !== undefined && MaxResults !== undefined) {
      throw invalidParameter('MaxResults can only be used with Filters.')
    }
    const { ids, nextToken } =
      SecretIdList === undefined
        ? filtered(ctx, Filters, MaxResults, NextToken)
        : { ids: SecretIdList }
    const SecretValues = []
    const Errors = []
    for (const id of ids) {
      try {
        const { resource, context = {} } = judged(ctx, id, versionContext())
        ctx.authorize('secretsmanager:GetSecretValue', resource, { context })
        SecretValues.push(await valueIn(ctx, theActiveSecret(ctx, id)))
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        Errors.push({ SecretId: id, ErrorCode: error.code, Message: error.message })
      }
    }
    return {
      SecretValues,
      Errors,
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})

function filtered(
  ctx: Context,
  Filters: Parameters<typeof wantedBy>[0],
  itemsMax = valuePageItemsMax,
  token?: string,
) {
  const { items, nextToken } = secretsPage(ctx, { Filters }, itemsMax, token)
  return { ids: items.map(({ arn }) => arn), nextToken }
}
