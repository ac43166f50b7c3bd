import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateFunctionUrlConfig,
  DeleteFunctionUrlConfig,
  GetFunctionUrlConfig,
  ListFunctionUrlConfigs,
  UpdateFunctionUrlConfig,
} from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { conflict, notFound, resourceNotFound } from '../errors.ts'
import { pageItemsMax } from '../limits.ts'
import { find, judgedFunction } from '../lookup.ts'
import { type FunctionName, functionArn, namedFunction, scopeOfName } from '../names.ts'
import { functions } from '../state.ts'
import { invalidMarker } from '../versions.ts'
import { type FunctionUrlRecord, functionUrls, urlHosts } from './state.ts'

/** Characters of the first label of a function URL's host. Source: developer guide, "Function URLs". */
const urlIdLength = 32
const urlIdAlphabet = 'abcdefghijklmnopqrstuvwxyz234567'

interface Named {
  readonly FunctionName: string
  readonly Qualifier?: string | undefined
}

function judged(ctx: Context, { FunctionName, Qualifier }: Named, authType?: string) {
  const named = namedFunction(ctx, FunctionName, Qualifier)
  return judgedFunction(ctx, FunctionName, {
    context: {
      'lambda:FunctionArn': functionArn(ctx, named),
      ...(authType === undefined ? {} : { 'lambda:FunctionUrlAuthType': authType }),
    },
  })
}

export const createFunctionUrlConfig = operation(CreateFunctionUrlConfig, {
  authorize: (input, ctx) => judged(ctx, input, input.AuthType),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    if (find(ctx, named) === undefined) throw gone()
    const arn = functionArn(ctx, named)
    if (functionUrls.has(ctx, keyOf(named))) {
      throw conflict(
        `Failed to create function url config for [functionArn = ${arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
      )
    }
    const { accountId, region } = ctx
    const place = { functionName: named.name, qualifier: named.qualifier ?? '', accountId, region }
    const id = ctx.ids.from(urlIdAlphabet, urlIdLength)
    const { InvokeMode, Cors } = input
    const record = functionUrls.put(ctx, {
      ...place,
      id,
      authType: input.AuthType,
      ...(InvokeMode === undefined ? {} : { invokeMode: InvokeMode }),
      ...(Cors === undefined ? {} : { cors: Cors }),
      createdAtMs: ctx.now(),
      modifiedAtMs: ctx.now(),
    })
    urlHosts.put(ctx, { id, ...place })
    const { LastModifiedTime: _, ...shown } = outputOf(ctx, record)
    return shown
  },
})

export const updateFunctionUrlConfig = operation(UpdateFunctionUrlConfig, {
  authorize: (input, ctx) => judged(ctx, input, input.AuthType),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    if (find(ctx, named) === undefined) throw gone()
    const before = theUrl(ctx, named)
    const { InvokeMode, Cors } = input
    const { cors: kept, ...rest } = before
    const cors = Cors ?? kept
    const record = functionUrls.put(ctx, {
      ...rest,
      authType: input.AuthType ?? before.authType,
      ...(InvokeMode === undefined ? {} : { invokeMode: InvokeMode }),
      // An empty configuration takes the former one away.
      ...(cors === undefined || Object.keys(cors).length === 0 ? {} : { cors }),
      modifiedAtMs: ctx.now(),
    })
    return outputOf(ctx, record)
  },
})

export const getFunctionUrlConfig = operation(GetFunctionUrlConfig, {
  authorize: (input, ctx) => judged(ctx, input),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const record = theUrl(ctx, namedFunction(ctx, input.FunctionName, input.Qualifier))
    return { ...outputOf(ctx, record), InvokeMode: record.invokeMode ?? 'BUFFERED' }
  },
})

export const deleteFunctionUrlConfig = operation(DeleteFunctionUrlConfig, {
  authorize: (input, ctx) => judged(ctx, input),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    const { id } = theUrl(ctx, named)
    functionUrls.delete(ctx, keyOf(named))
    urlHosts.delete(ctx, id)
    return {}
  },
})

export const listFunctionUrlConfigs = operation(ListFunctionUrlConfigs, {
  authorize: (input, ctx) => judged(ctx, input),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName, Marker, MaxItems = pageItemsMax }) {
    const named = namedFunction(ctx, FunctionName)
    if (!functions.has(ctx, named.name)) throw gone()
    const prefix = `${named.name}\u0000`
    const { items, nextToken } = pageOf<FunctionUrlRecord>({
      list: ({ after }) =>
        functionUrls.scan(ctx, { prefix, ...(after === undefined ? {} : { after }) }),
      positionOf: ({ qualifier }) => orderedKey(named.name, qualifier),
      itemsMax: Math.min(MaxItems, pageItemsMax),
      token: Marker,
      request: ['ListFunctionUrlConfigs', named.name],
      refused: invalidMarker,
    })
    return {
      FunctionUrlConfigs: items.map((record) => ({
        ...outputOf(ctx, record),
        InvokeMode: record.invokeMode ?? 'BUFFERED',
      })),
      ...(nextToken === undefined ? {} : { NextMarker: nextToken }),
    }
  },
})

function keyOf({ name, qualifier = '' }: FunctionName): string {
  return orderedKey(name, qualifier)
}

/** Recorded: lambda CreateFunctionUrlConfig: in words of its own. */
function gone() {
  return notFound('Function does not exist')
}

function theUrl(ctx: Context, named: FunctionName): FunctionUrlRecord {
  const record = functionUrls.get(ctx, keyOf(named))
  if (record === undefined) throw resourceNotFound()
  return record
}

function outputOf(ctx: Context, record: FunctionUrlRecord) {
  const { functionName: name, qualifier, accountId, region, invokeMode, cors } = record
  const arn = functionArn(ctx, {
    accountId,
    region,
    name,
    qualifier: qualifier === '' ? undefined : qualifier,
  })
  return {
    FunctionUrl: `https://${record.id}.lambda-url.${region}.on.aws/`,
    FunctionArn: arn,
    AuthType: record.authType,
    CreationTime: new Date(record.createdAtMs).toISOString(),
    LastModifiedTime: new Date(record.modifiedAtMs).toISOString(),
    ...(cors === undefined ? {} : { Cors: cors }),
    ...(invokeMode === undefined ? {} : { InvokeMode: invokeMode }),
  }
}

/** A function that is deleted takes its addresses along. */
export function removeUrls(ctx: Context, functionName: string): void {
  for (const { qualifier, id } of [
    ...functionUrls.scan(ctx, { prefix: `${functionName}\u0000` }),
  ]) {
    functionUrls.delete(ctx, orderedKey(functionName, qualifier))
    urlHosts.delete(ctx, id)
  }
}
