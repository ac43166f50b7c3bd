import { orderedKey } from '@cloud-orrery/kernel'
import {
  ListSecretVersionIds,
  PutSecretValue,
  UpdateSecretVersionStage,
} from '@cloud-orrery/models/secretsmanager'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import {
  invalidParameter,
  invalidRequest,
  invalidToken,
  limitExceeded,
  removeFromMissing,
  stageStaysSomewhere,
} from './errors.ts'
import { labelsMax, pageItemsMax } from './limits.ts'
import { plainValue, putVersion, requestToken } from './put-value.ts'
import { judged, scopeOf, theOwnSecret, theSecret } from './references.ts'
import { replicate } from './replicas.ts'
import { current, dropStage, moveStage } from './stages.ts'
import { secrets, stagedVersion, type VersionRecord, versionOf, versions } from './state.ts'

export const putSecretValue = operation(PutSecretValue, {
  scope: scopeOf,
  authorize: ({ SecretId }, ctx) => judged(ctx, SecretId),
  provenance: 'recorded',
  // `RotationToken` says for which rotation a function of another account or role calls: it grants nothing here.
  async run(ctx, input) {
    const { SecretId, VersionStages = [current] } = input
    const token = requestToken(input)
    const value = plainValue(input)
    if (value === undefined) {
      throw invalidRequest('You must provide either SecretString or SecretBinary.')
    }
    const look = () => theOwnSecret(ctx, SecretId)
    const { arn, name } = look()
    const stages = [...new Set(VersionStages)]
    const { stages: given } = await putVersion(ctx, look, { token, value, stages })
    replicate(ctx, name)
    return { ARN: arn, Name: name, VersionId: token, VersionStages: given }
  },
})

export const updateSecretVersionStage = operation(UpdateSecretVersionStage, {
  scope: scopeOf,
  authorize: ({ SecretId, VersionStage }, ctx) =>
    judged(ctx, SecretId, { 'secretsmanager:VersionStage': VersionStage }),
  provenance: 'recorded',
  run(ctx, { SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId }) {
    const { name, arn } = theOwnSecret(ctx, SecretId)
    const to = MoveToVersionId === undefined ? undefined : numbered(ctx, name, MoveToVersionId)
    const from =
      RemoveFromVersionId === undefined ? undefined : numbered(ctx, name, RemoveFromVersionId)
    const holder = stagedVersion(ctx, name, VersionStage)
    if (to === undefined) {
      if (VersionStage === current) throw stageStaysSomewhere()
      if (from !== undefined) {
        if (holder?.versionId !== from.versionId) throw notAttached(VersionStage, from.versionId)
        dropStage(ctx, from, VersionStage)
      }
    } else if (holder?.versionId !== to.versionId) {
      if (holder !== undefined && from === undefined) {
        throw removeFromMissing(VersionStage, holder.versionId)
      }
      if (from !== undefined && holder?.versionId !== from.versionId) {
        throw notAttached(VersionStage, from.versionId)
      }
      if (to.stages.length >= labelsMax) {
        throw limitExceeded(`A version can have at most ${labelsMax} staging labels.`)
      }
      moveStage(ctx, to, VersionStage)
    }
    secrets.update(ctx, name, { changedAtMs: ctx.now() })
    replicate(ctx, name)
    return { ARN: arn, Name: name }
  },
})

function numbered(ctx: Context, name: string, versionId: string): VersionRecord {
  const version = versionOf(ctx, name, versionId)
  if (version === undefined) throw invalidParameter(`Not a valid version: ${versionId}`)
  return version
}

/** The words are ours. */
function notAttached(stage: string, versionId: string) {
  return invalidParameter(`The staging label ${stage} is not attached to version ${versionId}.`)
}

export const listSecretVersionIds = operation(ListSecretVersionIds, {
  scope: scopeOf,
  authorize: ({ SecretId }, ctx) => judged(ctx, SecretId),
  provenance: 'recorded',
  run(ctx, { SecretId, MaxResults = pageItemsMax, NextToken, IncludeDeprecated = false }) {
    const { arn, name } = theSecret(ctx, SecretId)
    const prefix = orderedKey(name, '')
    const { items, nextToken } = pageOf<VersionRecord>({
      list: (start) => versions.scan(ctx, { prefix, ...start }),
      positionOf: ({ number }) => orderedKey(name, number),
      wanted: ({ stages }) => IncludeDeprecated || stages.length > 0,
      itemsMax: MaxResults,
      token: NextToken,
      request: [arn, IncludeDeprecated],
      refused: invalidToken,
    })
    return {
      ARN: arn,
      Name: name,
      Versions: items.map(shownVersion),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})

function shownVersion({ versionId, stages, createdAtMs, accessedAtMs, value }: VersionRecord) {
  return {
    CreatedDate: createdAtMs,
    // Recorded: secretsmanager, `test_deprecated_secret_version_stage`: AWS's own key has this name.
    KmsKeyIds: [value?.kmsKeyId ?? 'DefaultEncryptionKey'],
    ...(accessedAtMs === undefined ? {} : { LastAccessedDate: accessedAtMs }),
    VersionId: versionId,
    ...(stages.length === 0 ? {} : { VersionStages: stages }),
  }
}
