import { orderedKey } from '@cloud-orrery/kernel'
import { ListVersionsByFunction, PublishVersion } from '@cloud-orrery/models/lambda'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { invalid, wrongRevision } from './errors.ts'
import { configurationOf, listedConfiguration } from './functions/configuration.ts'
import { planFinish, settled } from './functions/lifecycle.ts'
import { pageItemsMax } from './limits.ts'
import {
  changeVersion,
  found,
  judgedFunction,
  qualifierOf,
  theFunction,
  versionKey,
} from './lookup.ts'
import { namedFunction, scopeOfName } from './names.ts'
import { type FunctionRecord, functions, type VersionRecord, versions } from './state.ts'
import { countIn } from './storage.ts'

export const publishVersion = operation(PublishVersion, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  refuses: ['PublishTo'],
  scope: scopeOfName,
  run(ctx, { FunctionName, CodeSha256, Description, RevisionId }) {
    const named = namedFunction(ctx, FunctionName)
    const { fn, version } = found(ctx, { ...named, qualifier: undefined })
    if (RevisionId !== undefined && RevisionId !== version.revisionId) {
      throw wrongRevision('GetFunction/GetAlias')
    }
    const latest = settled(ctx, fn, version)
    const { sha256 } = latest.deployment.code
    if (CodeSha256 !== undefined && CodeSha256 !== '' && CodeSha256 !== sha256) {
      throw invalid(
        `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${sha256}). Please try again with the CodeSHA256 in $LATEST.`,
      )
    }
    const published = publishLatest(ctx, fn, latest, Description)
    return configurationOf(ctx, fn, published, String(published.number))
  },
})

/**
 * Makes a version of `$LATEST`, unless nothing changed since the last one: then that is the answer.
 * Recorded: lambda PublishVersion.
 */
export function publishLatest(
  ctx: Context,
  fn: FunctionRecord,
  latest: VersionRecord,
  description: string | undefined,
): VersionRecord {
  const last = versions.get(ctx, versionKey(fn.name, fn.lastVersion))
  if (fn.lastVersion > 0 && last?.deployment.id === latest.deployment.id) return last
  const number = fn.lastVersion + 1
  const { settings } = latest.deployment
  countIn(ctx, latest.deployment.code)
  functions.update(ctx, fn.name, { lastVersion: number })
  const underWay = latest.lastUpdate === 'InProgress'
  const published = versions.put(ctx, {
    functionName: fn.name,
    number,
    deployment: {
      ...latest.deployment,
      settings: { ...settings, description: description ?? settings.description },
    },
    revisionId: ctx.ids.uuid(),
    modifiedAtMs: ctx.now(),
    state: underWay ? 'Pending' : 'Active',
    ...(underWay ? {} : { lastUpdate: 'Successful' as const }),
  })
  if (underWay) planFinish(ctx, published)
  changeVersion(ctx, latest, {})
  return published
}

export const listVersionsByFunction = operation(ListVersionsByFunction, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName, Marker, MaxItems = pageItemsMax }) {
    const named = namedFunction(ctx, FunctionName)
    const fn = theFunction(ctx, named)
    const prefix = `${fn.name}\u0000`
    const { items, nextToken } = pageOf({
      list: ({ after }) =>
        versions.scan(ctx, { prefix, ...(after === undefined ? {} : { after }) }),
      positionOf: ({ number }) => orderedKey(fn.name, number),
      itemsMax: Math.min(MaxItems, pageItemsMax),
      token: Marker,
      request: ['ListVersionsByFunction', fn.name],
      refused: invalidMarker,
    })
    return {
      Versions: items.map((it) => listedConfiguration(fn, it, qualifierOf(it.number))),
      ...(nextToken === undefined ? {} : { NextMarker: nextToken }),
    }
  },
})

export function invalidMarker() {
  return invalid('Invalid Marker')
}
