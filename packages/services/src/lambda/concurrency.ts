import type { AwsError } from '@cloud-orrery/models'
import {
  DeleteFunctionConcurrency,
  GetAccountSettings,
  GetFunctionConcurrency,
  PutFunctionConcurrency,
} from '@cloud-orrery/models/lambda'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { functionNotFound, invalid, invalidUntyped, tooManyRequests } from './errors.ts'
import {
  concurrencyMax,
  storageBytesMax,
  unreservedConcurrencyMin,
  unzippedBytesMax,
  zippedBytesMax,
} from './limits.ts'
import { judgedFunction, latest, theFunction } from './lookup.ts'
import { measureFunction } from './metrics.ts'
import { functionArn, namedFunction, scopeOfName } from './names.ts'
import { environments, type FunctionRecord, functions, provisioned } from './state.ts'
import { usedBytes } from './storage.ts'

export const putFunctionConcurrency = operation(PutFunctionConcurrency, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName, ReservedConcurrentExecutions: asked }) {
    const named = namedFunction(ctx, FunctionName)
    if (named.qualifier !== undefined) {
      throw invalid(
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
      )
    }
    const fn = functions.get(ctx, named.name)
    // Recorded: lambda PutFunctionConcurrency: the ARN that is told ends in $LATEST.
    if (fn === undefined) throw functionNotFound(functionArn(ctx, { ...named, qualifier: latest }))
    const others = reservedSum(ctx) - (fn.reservedConcurrency ?? 0)
    if (concurrencyMax - others - asked < unreservedConcurrencyMin) {
      throw invalidUntyped(
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${unreservedConcurrencyMin}].`,
      )
    }
    const ahead = provisionedSum(ctx, fn.name)
    if (asked < ahead) {
      throw invalidUntyped(
        `ReservedConcurrentExecutions  ${asked} should not be lower than function's total provisioned concurrency [${ahead}].`,
      )
    }
    functions.put(ctx, { ...fn, reservedConcurrency: asked })
    return { ReservedConcurrentExecutions: asked }
  },
})

export const getFunctionConcurrency = operation(GetFunctionConcurrency, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName }) {
    const fn = theFunction(ctx, namedFunction(ctx, FunctionName))
    return fn.reservedConcurrency === undefined
      ? {}
      : { ReservedConcurrentExecutions: fn.reservedConcurrency }
  },
})

export const deleteFunctionConcurrency = operation(DeleteFunctionConcurrency, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName }) {
    const fn = theFunction(ctx, namedFunction(ctx, FunctionName))
    const { reservedConcurrency, ...rest } = fn
    if (reservedConcurrency !== undefined) functions.put(ctx, rest)
    return {}
  },
})

export const getAccountSettings = operation(GetAccountSettings, {
  authorize: () => '*',
  provenance: 'modelled',
  run: (ctx) => ({
    AccountLimit: {
      TotalCodeSize: storageBytesMax,
      CodeSizeUnzipped: unzippedBytesMax,
      CodeSizeZipped: zippedBytesMax,
      ConcurrentExecutions: concurrencyMax,
      UnreservedConcurrentExecutions: unreserved(ctx),
    },
    AccountUsage: { TotalCodeSize: usedBytes(ctx), FunctionCount: functions.count(ctx) },
  }),
})

/** What functions without a reservation share. */
export function unreserved(ctx: Context): number {
  return concurrencyMax - reservedSum(ctx)
}

/** Reserved by functions, or held by provisioned environments of functions that reserve nothing. */
function reservedSum(ctx: Context): number {
  let sum = 0
  for (const fn of functions.scan(ctx)) sum += fn.reservedConcurrency ?? 0
  for (const it of provisioned.scan(ctx)) {
    if (functions.get(ctx, it.functionName)?.reservedConcurrency === undefined) sum += it.requested
  }
  return sum
}

export function provisionedSum(ctx: Context, functionName: string): number {
  let sum = 0
  for (const { requested } of provisioned.scan(ctx, { prefix: `${functionName}\u0000` })) {
    sum += requested
  }
  return sum
}

/**
 * Refuses an invocation beyond the function's reservation or what the account has left. `ahead`: the invocation takes
 * a provisioned environment, which holds its share already.
 */
export function checkConcurrency(ctx: Context, fn: FunctionRecord): void {
  const { reservedConcurrency } = fn
  if (reservedConcurrency !== undefined) {
    // Environments that are provisioned hold their part of the reservation.
    const ahead = provisionedSum(ctx, fn.name)
    if (busy(ctx, fn.name) + ahead >= reservedConcurrency) {
      throw throttled(ctx, fn, 'ReservedFunctionConcurrentInvocationLimitExceeded')
    }
    return
  }
  const running = busyUnreserved(ctx, concurrencyMax)
  if (running >= unreservedLimit(ctx)) {
    throw throttled(ctx, fn, 'ConcurrentInvocationLimitExceeded')
  }
}

function throttled(
  ctx: Context,
  { name }: FunctionRecord,
  reason: Parameters<typeof tooManyRequests>[0],
): AwsError {
  measureFunction(ctx, name, 'Throttles')
  return tooManyRequests(reason)
}

/** Only functions that reserve make the scan worth its while. */
function unreservedLimit(ctx: Context): number {
  return unreserved(ctx)
}

/** Running invocations of a function, those in provisioned environments aside. */
export function busy(ctx: Context, functionName: string): number {
  let count = 0
  for (const it of environments.where(ctx, 'busy', functionName)) if (!it.provisioned) count += 1
  return count
}

/** Running invocations of functions without a reservation, up to a number that settles the matter. */
function busyUnreserved(ctx: Context, countMax: number): number {
  let count = 0
  for (const it of environments.scanIndex(ctx, 'busy')) {
    if (it.provisioned) continue
    if (functions.get(ctx, it.functionName)?.reservedConcurrency !== undefined) continue
    count += 1
    if (count >= countMax) break
  }
  return count
}
