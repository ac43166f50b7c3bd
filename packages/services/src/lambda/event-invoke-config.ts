import { orderedKey } from '@cloud-orrery/kernel'
import {
  DeleteFunctionEventInvokeConfig,
  type DestinationConfig,
  type FunctionEventInvokeConfig,
  GetFunctionEventInvokeConfig,
  ListFunctionEventInvokeConfigs,
  PutFunctionEventInvokeConfig,
  UpdateFunctionEventInvokeConfig,
} from '@cloud-orrery/models/lambda'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { pageOf } from '../shared/pages.ts'
import { invalid, notFound } from './errors.ts'
import { pageItemsMax } from './limits.ts'
import { type Found, find, judgedFunction, latest } from './lookup.ts'
import {
  type FunctionName,
  functionArn,
  namedFunction,
  readFunctionArn,
  scopeOfName,
} from './names.ts'
import { roleMay } from './role-permissions.ts'
import { type EventInvokeConfigRecord, eventInvokeConfigs, functions } from './state.ts'
import { invalidMarker } from './versions.ts'

export const putFunctionEventInvokeConfig = operation(PutFunctionEventInvokeConfig, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input
    if ((MaximumRetryAttempts ?? MaximumEventAgeInSeconds ?? DestinationConfig) === undefined) {
      throw invalid('You must specify at least one of error handling or destination setting.')
    }
    const named = target(ctx, input)
    const at = existing(ctx, named)
    return outputOf(ctx, named, keep(ctx, named, at, input, undefined))
  },
})

export const updateFunctionEventInvokeConfig = operation(UpdateFunctionEventInvokeConfig, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input
    if ((MaximumRetryAttempts ?? MaximumEventAgeInSeconds ?? DestinationConfig) === undefined) {
      throw invalid('You must specify at least one of error handling or destination setting.')
    }
    const named = target(ctx, input)
    const at = existing(ctx, named)
    const before = eventInvokeConfigs.get(ctx, keyOf(named))
    if (before === undefined) throw missing(ctx, named)
    return outputOf(ctx, named, keep(ctx, named, at, input, before))
  },
})

export const getFunctionEventInvokeConfig = operation(GetFunctionEventInvokeConfig, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const named = target(ctx, input)
    const record = eventInvokeConfigs.get(ctx, keyOf(named))
    if (record === undefined) throw missing(ctx, named)
    return outputOf(ctx, named, record)
  },
})

export const deleteFunctionEventInvokeConfig = operation(DeleteFunctionEventInvokeConfig, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const named = target(ctx, input)
    if (eventInvokeConfigs.delete(ctx, keyOf(named)) === undefined) throw missing(ctx, named)
    return {}
  },
})

export const listFunctionEventInvokeConfigs = operation(ListFunctionEventInvokeConfigs, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, { FunctionName, Marker, MaxItems = pageItemsMax }) {
    const named = namedFunction(ctx, FunctionName)
    if (!functions.has(ctx, named.name)) throw gone()
    const prefix = `${named.name}\u0000`
    const { items, nextToken } = pageOf<EventInvokeConfigRecord>({
      list: ({ after }) =>
        eventInvokeConfigs.scan(ctx, { prefix, ...(after === undefined ? {} : { after }) }),
      positionOf: ({ qualifier }) => orderedKey(named.name, qualifier),
      itemsMax: Math.min(MaxItems, pageItemsMax),
      token: Marker,
      request: ['ListFunctionEventInvokeConfigs', named.name],
      refused: invalidMarker,
    })
    return {
      FunctionEventInvokeConfigs: items.map((it) =>
        outputOf(ctx, { ...named, qualifier: it.qualifier }, it),
      ),
      ...(nextToken === undefined ? {} : { NextMarker: nextToken }),
    }
  },
})

interface Named extends FunctionName {
  readonly qualifier: string
}

function target(
  ctx: Context,
  input: { readonly FunctionName: string; readonly Qualifier?: string | undefined },
): Named {
  const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
  return { ...named, qualifier: named.qualifier ?? latest }
}

/** Recorded: lambda PutFunctionEventInvokeConfig: in words of its own. */
function existing(ctx: Context, named: Named): Found {
  const at = find(ctx, named)
  if (at === undefined) throw gone()
  return at
}

function gone() {
  return notFound("The function doesn't exist.")
}

function missing(ctx: Context, named: Named) {
  return notFound(`The function ${functionArn(ctx, named)} doesn't have an EventInvokeConfig`)
}

function keyOf({ name, qualifier }: Named): string {
  return orderedKey(name, qualifier)
}

function keep(
  ctx: Context,
  named: Named,
  at: Found,
  given: Pick<
    FunctionEventInvokeConfig,
    'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | 'DestinationConfig'
  >,
  before: EventInvokeConfigRecord | undefined,
): EventInvokeConfigRecord {
  const { DestinationConfig } = given
  if (DestinationConfig !== undefined) checkDestinations(ctx, at, DestinationConfig)
  const onSuccess =
    DestinationConfig === undefined ? before?.onSuccess : DestinationConfig.OnSuccess?.Destination
  const onFailure =
    DestinationConfig === undefined ? before?.onFailure : DestinationConfig.OnFailure?.Destination
  const retryAttempts = given.MaximumRetryAttempts ?? before?.retryAttempts
  const eventAgeSeconds = given.MaximumEventAgeInSeconds ?? before?.eventAgeSeconds
  return eventInvokeConfigs.put(ctx, {
    functionName: named.name,
    qualifier: named.qualifier,
    ...(retryAttempts === undefined ? {} : { retryAttempts }),
    ...(eventAgeSeconds === undefined ? {} : { eventAgeSeconds }),
    ...(onSuccess === undefined || onSuccess === '' ? {} : { onSuccess }),
    ...(onFailure === undefined || onFailure === '' ? {} : { onFailure }),
    modifiedAtMs: ctx.now(),
  })
}

/** What the role must be allowed for each kind of destination. Source: developer guide, "Destinations". */
const permissions: Readonly<Record<string, { action: string; word: string }>> = {
  sqs: { action: 'sqs:SendMessage', word: 'SendMessage' },
  sns: { action: 'sns:Publish', word: 'Publish' },
  lambda: { action: 'lambda:InvokeFunction', word: 'Invoke' },
  events: { action: 'events:PutEvents', word: 'PutEvents' },
  s3: { action: 's3:PutObject', word: 'PutObject' },
}

function checkDestinations(ctx: Context, { fn, version }: Found, config: DestinationConfig): void {
  for (const [kind, arn] of [
    ['onSuccess', config.OnSuccess?.Destination],
    ['onFailure', config.OnFailure?.Destination],
  ] as const) {
    if (arn === undefined || arn === '') continue
    const service = arn.split(':')[2] ?? ''
    const permission = permissions[service]
    // Buckets take records of failures alone. Source: developer guide, "Destinations".
    if (permission === undefined || (service === 's3' && kind === 'onSuccess')) {
      throw invalid(`The provided destination config ${shown(config)} is invalid.`)
    }
    if (service === 'lambda') checkFunction(ctx, fn.arn, arn)
    const { roleArn } = version.deployment.settings
    const resource = service === 's3' ? `${arn}/*` : arn
    if (!roleMay(ctx, roleArn, permission.action, resource)) {
      throw invalid(
        `The function's execution role does not have permissions to call ${permission.word} on ${arn}`,
      )
    }
  }
}

function checkFunction(ctx: Context, own: string, arn: string): void {
  if (arn === own || arn.startsWith(`${own}:`)) {
    throw invalid("You can't specify the function as a destination for itself.")
  }
  const named = readFunctionArn(arn)
  const there =
    named !== undefined && find(ctx.at({ accountId: named.accountId, region: named.region }), named)
  if (!there) throw invalid(`The destination ARN ${arn} is invalid.`)
}

/** As Java shows the object. Recorded: lambda PutFunctionEventInvokeConfig. */
function shown({ OnSuccess, OnFailure }: DestinationConfig): string {
  const success = OnSuccess?.Destination
  const failure = OnFailure?.Destination
  const one = success === undefined ? 'null' : `OnSuccess(destination=${success})`
  const other = failure === undefined ? 'null' : `OnFailure(destination=${failure})`
  return `DestinationConfig(onSuccess=${one}, onFailure=${other})`
}

function outputOf(
  ctx: Context,
  named: Named,
  record: EventInvokeConfigRecord,
): FunctionEventInvokeConfig {
  const { retryAttempts, eventAgeSeconds, onSuccess, onFailure, modifiedAtMs } = record
  return {
    LastModified: modifiedAtMs,
    FunctionArn: functionArn(ctx, named),
    DestinationConfig: {
      OnSuccess: onSuccess === undefined ? {} : { Destination: onSuccess },
      OnFailure: onFailure === undefined ? {} : { Destination: onFailure },
    },
    ...(retryAttempts === undefined ? {} : { MaximumRetryAttempts: retryAttempts }),
    ...(eventAgeSeconds === undefined ? {} : { MaximumEventAgeInSeconds: eventAgeSeconds }),
  }
}
