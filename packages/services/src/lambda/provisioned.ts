import { orderedKey } from '@cloud-orrery/kernel'
import {
  DeleteProvisionedConcurrencyConfig,
  GetProvisionedConcurrencyConfig,
  ListProvisionedConcurrencyConfigs,
  PutProvisionedConcurrencyConfig,
} from '@cloud-orrery/models/lambda'
import type { Context } from '../context.ts'
import { operation, task } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { aliasMissing } from './alias-missing.ts'
import { provisionedSum, unreserved } from './concurrency.ts'
import {
  conflict,
  functionNotFound,
  invalid,
  invalidUntyped,
  noProvisionedConcurrency,
} from './errors.ts'
import { endProvisioned, startProvisioned } from './invoke/provisioned-environments.ts'
import {
  pageItemsMax,
  provisioningMs,
  throttledDelayMsMax,
  throttledDelayMsMin,
  unreservedConcurrencyMin,
} from './limits.ts'
import { judgedFunction, latest, theFunction, versionKey, versionNumber } from './lookup.ts'
import { type FunctionName, functionArn, namedFunction, scopeOfName } from './names.ts'
import {
  type AliasRecord,
  aliases,
  type FunctionRecord,
  type ProvisionedRecord,
  provisioned,
  versions,
} from './state.ts'
import { invalidMarker } from './versions.ts'

export const putProvisionedConcurrencyConfig = operation(PutProvisionedConcurrencyConfig, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, { qualifier: input.Qualifier }),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const { ProvisionedConcurrentExecutions: asked } = input
    const { fn, qualifier, version } = target(ctx, input.FunctionName, input.Qualifier)
    const key = orderedKey(fn.name, qualifier)
    checkOverlap(ctx, fn, qualifier, version)
    const before = provisioned.get(ctx, key)
    checkRoom(ctx, fn, asked, before?.requested ?? 0)
    const record = provisioned.put(ctx, {
      functionName: fn.name,
      qualifier,
      version,
      requested: asked,
      allocated: before?.allocated ?? 0,
      status: 'IN_PROGRESS',
      modifiedAtMs: ctx.now(),
    })
    ctx.after(provisioningMs, provision, { functionName: fn.name, qualifier })
    return outputOf(record)
  },
})

export const getProvisionedConcurrencyConfig = operation(GetProvisionedConcurrencyConfig, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, { qualifier: input.Qualifier }),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const { fn, qualifier } = target(ctx, input.FunctionName, input.Qualifier)
    const record = provisioned.get(ctx, orderedKey(fn.name, qualifier))
    if (record === undefined) throw noProvisionedConcurrency()
    return outputOf(record)
  },
})

export const deleteProvisionedConcurrencyConfig = operation(DeleteProvisionedConcurrencyConfig, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, { qualifier: input.Qualifier }),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const { fn, qualifier } = target(ctx, input.FunctionName, input.Qualifier)
    const record = provisioned.delete(ctx, orderedKey(fn.name, qualifier))
    if (record !== undefined) endProvisioned(ctx, fn.name, record.version)
    return {}
  },
})

export const listProvisionedConcurrencyConfigs = operation(ListProvisionedConcurrencyConfigs, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName, Marker, MaxItems = pageItemsMax }) {
    const fn = theFunction(ctx, namedFunction(ctx, FunctionName))
    const prefix = `${fn.name}\u0000`
    const { items, nextToken } = pageOf<ProvisionedRecord>({
      list: ({ after }) =>
        provisioned.scan(ctx, { prefix, ...(after === undefined ? {} : { after }) }),
      positionOf: ({ qualifier }) => orderedKey(fn.name, qualifier),
      itemsMax: Math.min(MaxItems, pageItemsMax),
      token: Marker,
      request: ['ListProvisionedConcurrencyConfigs', fn.name],
      refused: invalidMarker,
    })
    return {
      ProvisionedConcurrencyConfigs: items.map((it) => ({
        FunctionArn: `${fn.arn}:${it.qualifier}`,
        ...outputOf(it),
      })),
      ...(nextToken === undefined ? {} : { NextMarker: nextToken }),
    }
  },
})

/** The environments of a version or an alias are started; the wait for them is over. */
export const provision = task<{ functionName: string; qualifier: string }>('lambda.provision', {
  async run(ctx, { functionName, qualifier }) {
    const key = orderedKey(functionName, qualifier)
    const record = provisioned.get(ctx, key)
    if (record?.status !== 'IN_PROGRESS') return
    const failure = await startProvisioned(ctx, record)
    const now = provisioned.get(ctx, key)
    if (now === undefined) return
    provisioned.put(ctx, {
      ...now,
      allocated: failure === undefined ? now.requested : 0,
      status: failure === undefined ? 'READY' : 'FAILED',
      ...(failure === undefined ? {} : { reason: failure }),
    })
  },
  // Deviation: AWS does not say how soon it tries again; ours is as for throttled events.
  retryDelayMs: (attempt) =>
    Math.min(throttledDelayMsMin * 2 ** (attempt - 1), throttledDelayMsMax),
})

/** An alias that moves takes its provisioned environments along. Recorded: lambda UpdateAlias. */
export function followAlias(ctx: Context, { functionName, name, version }: AliasRecord): void {
  const key = orderedKey(functionName, name)
  const record = provisioned.get(ctx, key)
  if (record === undefined) return
  endProvisioned(ctx, functionName, record.version)
  provisioned.put(ctx, { ...record, version, status: 'IN_PROGRESS', modifiedAtMs: ctx.now() })
  ctx.after(provisioningMs, provision, { functionName, qualifier: name })
}

interface Target {
  readonly fn: FunctionRecord
  readonly qualifier: string
  readonly version: number
}

function target(ctx: Context, text: string, asked: string): Target {
  if (asked === latest) throw unpublished()
  const named = namedFunction(ctx, text, asked)
  const fn = theFunction(ctx, named)
  const qualifier = named.qualifier ?? ''
  return { fn, qualifier, version: targetVersion(ctx, fn, named) }
}

function targetVersion(ctx: Context, fn: FunctionRecord, named: FunctionName): number {
  const number = versionNumber(named.qualifier)
  if (number !== undefined) {
    if (versions.has(ctx, versionKey(fn.name, number))) return number
    throw functionNotFound(functionArn(ctx, named))
  }
  const alias = aliases.get(ctx, orderedKey(fn.name, named.qualifier ?? ''))
  if (alias === undefined) throw aliasMissing(fn, named.qualifier ?? '')
  if (alias.version === 0) throw unpublished()
  return alias.version
}

function unpublished() {
  return invalid(
    'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
  )
}

/** Recorded: lambda PutProvisionedConcurrencyConfig: a version has one configuration, its own or an alias's. */
function checkOverlap(ctx: Context, fn: FunctionRecord, qualifier: string, version: number): void {
  for (const other of provisioned.where(ctx, 'version', orderedKey(fn.name, version))) {
    if (other.qualifier === qualifier) continue
    throw conflict(
      versionNumber(other.qualifier) === undefined
        ? 'Version is pointed by a Provisioned Concurrency alias'
        : "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    )
  }
}

function checkRoom(ctx: Context, fn: FunctionRecord, asked: number, before: number): void {
  const { reservedConcurrency } = fn
  if (reservedConcurrency !== undefined) {
    if (provisionedSum(ctx, fn.name) - before + asked > reservedConcurrency) {
      throw invalidUntyped(
        'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
      )
    }
    return
  }
  const free = unreserved(ctx) + before
  if (asked > free) {
    throw invalidUntyped(
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${free}].`,
    )
  }
  if (free - asked < unreservedConcurrencyMin) {
    throw invalidUntyped(
      `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${unreservedConcurrencyMin}].`,
    )
  }
}

function outputOf({ requested, allocated, status, reason, modifiedAtMs }: ProvisionedRecord) {
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AllocatedProvisionedConcurrentExecutions: allocated,
    AvailableProvisionedConcurrentExecutions: allocated,
    Status: status,
    ...(reason === undefined ? {} : { StatusReason: reason }),
    LastModified: new Date(modifiedAtMs).toISOString().replace(/\.\d+Z$/, '+0000'),
  }
}
