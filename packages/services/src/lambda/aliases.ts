import { orderedKey } from '@cloud-orrery/kernel'
import {
  type AliasConfiguration,
  type AliasRoutingConfiguration,
  CreateAlias,
  DeleteAlias,
  GetAlias,
  ListAliases,
  UpdateAlias,
} from '@cloud-orrery/models/lambda'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { aliasMissing } from './alias-missing.ts'
import { conflict, functionNotFound, invalid, notFound, wrongRevision } from './errors.ts'
import { pageItemsMax } from './limits.ts'
import {
  judgedFunction,
  latest,
  qualifierOf,
  theFunction,
  versionKey,
  versionNumber,
} from './lookup.ts'
import { namedFunction, scopeOfName } from './names.ts'
import { followAlias } from './provisioned.ts'
import {
  type AliasRecord,
  aliases,
  eventInvokeConfigs,
  type FunctionRecord,
  policies,
  provisioned,
  versions,
} from './state.ts'
import { invalidMarker } from './versions.ts'

export const createAlias = operation(CreateAlias, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName, Name, FunctionVersion, Description = '', RoutingConfig }) {
    const fn = owner(ctx, FunctionName)
    const version = targetVersion(ctx, fn, FunctionVersion)
    const weights = readWeights(ctx, fn, version, RoutingConfig)
    if (aliases.has(ctx, orderedKey(fn.name, Name))) {
      throw conflict(`Alias already exists: ${fn.arn}:${Name}`)
    }
    const alias = aliases.put(ctx, {
      functionName: fn.name,
      name: Name,
      description: Description,
      version,
      ...(weights === undefined ? {} : { weights }),
      revisionId: ctx.ids.uuid(),
    })
    return configurationOf(fn, alias)
  },
})

export const updateAlias = operation(UpdateAlias, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const fn = owner(ctx, input.FunctionName)
    const before = aliases.get(ctx, orderedKey(fn.name, input.Name))
    if (before === undefined) throw notFound(`Alias not found: ${fn.arn}:${input.Name}`)
    if (input.RevisionId !== undefined && input.RevisionId !== before.revisionId) {
      throw wrongRevision('GetFunction/GetAlias')
    }
    const { FunctionVersion, Description, RoutingConfig } = input
    const version =
      FunctionVersion === undefined ? before.version : targetVersion(ctx, fn, FunctionVersion)
    const { weights: kept, ...rest } = before
    const weights =
      RoutingConfig === undefined ? kept : readWeights(ctx, fn, version, RoutingConfig)
    const alias = aliases.put(ctx, {
      ...rest,
      version,
      description: Description ?? before.description,
      ...(weights === undefined ? {} : { weights }),
      revisionId: ctx.ids.uuid(),
    })
    if (version !== before.version) followAlias(ctx, alias)
    return configurationOf(fn, alias)
  },
})

export const getAlias = operation(GetAlias, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName, Name }) {
    const fn = owner(ctx, FunctionName)
    const alias = aliases.get(ctx, orderedKey(fn.name, Name))
    if (alias === undefined) throw aliasMissing(fn, Name)
    return configurationOf(fn, alias)
  },
})

/** Recorded: lambda DeleteAlias: one that is not there is deleted as well. */
export const deleteAlias = operation(DeleteAlias, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName, Name }) {
    const fn = owner(ctx, FunctionName)
    const key = orderedKey(fn.name, Name)
    aliases.delete(ctx, key)
    policies.delete(ctx, key)
    provisioned.delete(ctx, key)
    eventInvokeConfigs.delete(ctx, key)
    return {}
  },
})

export const listAliases = operation(ListAliases, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName, FunctionVersion, Marker, MaxItems = pageItemsMax }) {
    const fn = owner(ctx, FunctionName)
    const prefix = `${fn.name}\u0000`
    const number = FunctionVersion === undefined ? undefined : versionNumber(FunctionVersion)
    const { items, nextToken } = pageOf<AliasRecord>({
      list: ({ after }) => aliases.scan(ctx, { prefix, ...(after === undefined ? {} : { after }) }),
      positionOf: ({ name }) => orderedKey(fn.name, name),
      wanted: (alias) => FunctionVersion === undefined || alias.version === number,
      itemsMax: Math.min(MaxItems, pageItemsMax),
      token: Marker,
      request: ['ListAliases', fn.name, FunctionVersion ?? ''],
      refused: invalidMarker,
    })
    return {
      Aliases: items.map((alias) => configurationOf(fn, alias)),
      ...(nextToken === undefined ? {} : { NextMarker: nextToken }),
    }
  },
})

function owner(ctx: Context, text: string): FunctionRecord {
  const named = namedFunction(ctx, text)
  return theFunction(ctx, named)
}

function targetVersion(ctx: Context, fn: FunctionRecord, text: string): number {
  const number = versionNumber(text)
  if (number === undefined || !versions.has(ctx, versionKey(fn.name, number))) {
    throw functionNotFound(`${fn.arn}:${text}`)
  }
  return number
}

/** Source: the words of AWS's answers in localstack's tests of CreateAlias. */
function readWeights(
  ctx: Context,
  fn: FunctionRecord,
  version: number,
  routing: AliasRoutingConfiguration | undefined,
): Readonly<Record<string, number>> | undefined {
  const weights = routing?.AdditionalVersionWeights ?? {}
  const entries = Object.entries(weights)
  if (entries.length === 0) return undefined
  if (entries.length > 1) {
    throw invalid('Number of items in AdditionalVersionWeights cannot be greater than 1')
  }
  for (const [other] of entries) {
    if (other === qualifierOf(version)) {
      throw invalid(
        `Invalid function version ${other}. Function version ${other} is already included in routing configuration.`,
      )
    }
    if (version === 0) {
      throw invalid(`${latest} is not supported for an alias pointing to more than 1 version`)
    }
    targetVersion(ctx, fn, other)
  }
  return weights
}

function configurationOf(fn: FunctionRecord, alias: AliasRecord): AliasConfiguration {
  const { name, description, version, weights, revisionId } = alias
  return {
    AliasArn: `${fn.arn}:${name}`,
    Name: name,
    FunctionVersion: qualifierOf(version),
    Description: description,
    RevisionId: revisionId,
    ...(weights === undefined ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } }),
  }
}

/** The version that answers a call to an alias: drawn by its weights. */
export function routedVersion(ctx: Context, alias: AliasRecord): number {
  for (const [version, weight] of Object.entries(alias.weights ?? {})) {
    if (ctx.random.float() < weight) return Number(version)
  }
  return alias.version
}
