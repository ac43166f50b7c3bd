import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import {
  CreateEventSourceMapping,
  type CreateEventSourceMappingRequest,
  DeleteEventSourceMapping,
  type EventSourceMappingConfiguration,
  type FilterCriteria,
  GetEventSourceMapping,
  ListEventSourceMappings,
  UpdateEventSourceMapping,
  type UpdateEventSourceMappingRequest,
} from '@cloud-orrery/models/lambda'
import { GetQueueAttributes } from '@cloud-orrery/models/sqs'
import type { Context } from '../../context.ts'
import { operation, task } from '../../define.ts'
import { compilePattern } from '../../shared/event-pattern/compilation.ts'
import { JsonProblem } from '../../shared/json-tokens.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { pageOf } from '../../shared/pages.ts'
import { tellQueueWatchers, unwatchQueue, watchQueue } from '../../shared/queue-watchers.ts'
import { unwatchStream, watchStream } from '../../shared/stream-watchers.ts'
import { conflict, invalid, mappingInUse, resourceNotFound } from '../errors.ts'
import { lambdaPrincipal } from '../limits.ts'
import { type Found, find, requestTagContext, tagContext } from '../lookup.ts'
import { functionArn, namedFunction } from '../names.ts'
import { roleMay } from '../role-permissions.ts'
import { checkTags } from '../tags.ts'
import { invalidMarker } from '../versions.ts'
import { pollTask, readTask } from './poll-name.ts'
import { type MappingRecord, type MappingState, mappings } from './state.ts'
import { forgetReaders, relane, wakeReaders } from './streams/discovery.ts'
import {
  changedStreamSettings,
  checkStream,
  describedSettings,
  newStreamSettings,
  streamBatchSizeDefault,
} from './streams/settings.ts'
import { streamSource } from './streams/source.ts'

/** How long a change of a mapping takes. Deviation: up to a minute on AWS. */
const changeMs = 500

/** Source: CreateEventSourceMapping, `BatchSize`, for SQS. */
const batchSizeDefault = 10
const batchSizeMax = 10_000

export const createEventSourceMapping = operation(CreateEventSourceMapping, {
  authorize: (input, ctx) => ({
    resource: '*',
    context: {
      'lambda:FunctionArn': functionArn(ctx, namedFunction(ctx, input.FunctionName)),
      ...requestTagContext(input.Tags),
    },
  }),
  provenance: 'recorded',
  refuses: ['KMSKeyArn', 'MetricsConfig', 'LoggingConfig', 'ProvisionedPollerConfig'],
  async run(ctx, input) {
    checkTags(ctx, input.Tags ?? {})
    const sourceArn = sourceOf(input)
    const isStream = streamSource(sourceArn) !== undefined
    const at = target(ctx, input.FunctionName)
    const plan = isStream ? streamPlanOf(input, sourceArn) : planOf(input, undefined)
    checkDuplicate(ctx, sourceArn, at)
    await checkSource(ctx, sourceArn, at, plan)
    checkDuplicate(ctx, sourceArn, at)
    const uuid = ctx.ids.uuid()
    const { accountId, region, partition } = ctx
    const mapping = mappings.put(ctx, {
      uuid,
      arn: `arn:${partition}:lambda:${region}:${accountId}:event-source-mapping:${uuid}`,
      sourceArn,
      functionArn: at.arn,
      enabled: input.Enabled ?? true,
      state: 'Creating',
      modifiedAtMs: ctx.now(),
      ...plan,
      tags: { ...input.Tags },
    })
    ctx.after(changeMs, settleMapping, { uuid, modifiedAtMs: mapping.modifiedAtMs })
    return outputOf(mapping)
  },
})

export const updateEventSourceMapping = operation(UpdateEventSourceMapping, {
  authorize: (input, ctx) => judged(ctx, input.UUID),
  provenance: 'recorded',
  refuses: ['KMSKeyArn', 'MetricsConfig', 'LoggingConfig', 'ProvisionedPollerConfig'],
  async run(ctx, input) {
    const before = theMapping(ctx, input.UUID)
    const plan = changedPlan(input, before)
    if (before.state !== 'Enabled' && before.state !== 'Disabled') throw mappingInUse()
    const at = input.FunctionName === undefined ? undefined : target(ctx, input.FunctionName)
    if (at !== undefined || input.DestinationConfig !== undefined) {
      const of = at ?? target(ctx, before.functionArn)
      await checkSource(ctx, before.sourceArn, of, plan)
    }
    const enabled = input.Enabled ?? before.enabled
    const { concurrencyMax: _, ...rest } = theMapping(ctx, input.UUID)
    const mapping = mappings.put(ctx, {
      ...rest,
      ...plan,
      functionArn: at?.arn ?? before.functionArn,
      enabled,
      state: changing(before.enabled, enabled),
      modifiedAtMs: ctx.now(),
    })
    ctx.after(changeMs, settleMapping, { uuid: mapping.uuid, modifiedAtMs: mapping.modifiedAtMs })
    return outputOf(mapping)
  },
})

function changing(before: boolean, now: boolean): MappingState {
  if (before === now) return 'Updating'
  return now ? 'Enabling' : 'Disabling'
}

export const getEventSourceMapping = operation(GetEventSourceMapping, {
  authorize: (input, ctx) => judged(ctx, input.UUID),
  provenance: 'recorded',
  run: (ctx, { UUID }) => outputOf(theMapping(ctx, UUID)),
})

export const deleteEventSourceMapping = operation(DeleteEventSourceMapping, {
  authorize: (input, ctx) => judged(ctx, input.UUID),
  provenance: 'recorded',
  run(ctx, { UUID }) {
    const before = theMapping(ctx, UUID)
    if (before.state === 'Deleting') throw mappingInUse()
    const mapping = mappings.put(ctx, { ...before, state: 'Deleting', modifiedAtMs: ctx.now() })
    ctx.after(changeMs, settleMapping, { uuid: UUID, modifiedAtMs: mapping.modifiedAtMs })
    return outputOf(mapping)
  },
})

export const listEventSourceMappings = operation(ListEventSourceMappings, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { EventSourceArn, FunctionName, Marker, MaxItems = 100 }) {
    const named = FunctionName === undefined ? undefined : namedFunction(ctx, FunctionName)
    const arn = named === undefined ? undefined : functionArn(ctx, named)
    const { items, nextToken } = pageOf<MappingRecord>({
      list: (start) =>
        EventSourceArn === undefined
          ? mappings.scan(ctx, start)
          : mappings.where(ctx, 'source', EventSourceArn, start),
      positionOf: ({ uuid }) => uuid,
      wanted: (mapping) => arn === undefined || mapping.functionArn === arn,
      itemsMax: Math.min(MaxItems, 100),
      token: Marker,
      request: ['ListEventSourceMappings', EventSourceArn, FunctionName],
      refused: invalidMarker,
    })
    return {
      EventSourceMappings: items.map(outputOf),
      ...(nextToken === undefined ? {} : { NextMarker: nextToken }),
    }
  },
})

/** A change is done: the mapping takes messages from here on, or takes none. */
export const settleMapping = task<{ uuid: string; modifiedAtMs: number }>('lambda.settle-mapping', {
  run(ctx, { uuid, modifiedAtMs }) {
    const mapping = mappings.get(ctx, uuid)
    if (mapping === undefined || mapping.modifiedAtMs !== modifiedAtMs) return
    if (mapping.state === 'Deleting') {
      mappings.delete(ctx, uuid)
      forgetReaders(ctx, uuid)
      if (mappings.first(ctx, 'source', mapping.sourceArn) === undefined) {
        unwatchQueue(ctx, mapping.sourceArn)
        unwatchStream(ctx, mapping.sourceArn)
      }
      return
    }
    mappings.put(ctx, { ...mapping, state: mapping.enabled ? 'Enabled' : 'Disabled' })
    if (mapping.stream !== undefined) relane(ctx, mapping)
    if (!mapping.enabled) return
    if (mapping.stream !== undefined) {
      watchStream(ctx, mapping.sourceArn, readTask)
      wakeReaders(ctx, uuid)
      return
    }
    watchQueue(ctx, mapping.sourceArn, pollTask)
    tellQueueWatchers(ctx, mapping.sourceArn, ctx.now())
  },
})

function theMapping(ctx: Context, uuid: string): MappingRecord {
  const mapping = mappings.get(ctx, uuid)
  if (mapping === undefined) throw resourceNotFound()
  return mapping
}

function judged(ctx: Context, uuid: string) {
  const { partition, region, accountId } = ctx
  const mapping = mappings.get(ctx, uuid)
  return {
    resource: `arn:${partition}:lambda:${region}:${accountId}:event-source-mapping:${uuid}`,
    context: {
      ...(mapping === undefined ? {} : { 'lambda:FunctionArn': mapping.functionArn }),
      ...tagContext(mapping?.tags ?? {}),
    },
  }
}

/** The source that is asked for. Others are refused by name until their services are there. */
function sourceOf(input: CreateEventSourceMappingRequest): string {
  const { EventSourceArn } = input
  if (input.SelfManagedEventSource !== undefined) throw notModelled('self-managed event sources')
  if (EventSourceArn === undefined) throw invalid('Unrecognized event source.')
  if (streamSource(EventSourceArn) !== undefined) return EventSourceArn
  const service = EventSourceArn.split(':')[2]
  if (service !== 'sqs') throw notModelled(`event source mappings of ${EventSourceArn}`)
  refuseOfStreams(input)
  return EventSourceArn
}

/** Throws for settings that mappings of queues have not. */
function refuseOfStreams(input: Partial<Record<(typeof onlyForStreams)[number], unknown>>): void {
  const name = onlyForStreams.find((it) => input[it] !== undefined)
  if (name === undefined) return
  throw invalid(`Unsupported ${name} parameter for given event source mapping type.`)
}

/** The words for all but the destination are ours, after its pattern. */
const onlyForStreams = [
  'DestinationConfig',
  'StartingPosition',
  'StartingPositionTimestamp',
  'ParallelizationFactor',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'TumblingWindowInSeconds',
  'Topics',
  'Queues',
  'SourceAccessConfigurations',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
] as const

interface Target extends Found {
  /** With its qualifier. */
  readonly arn: string
}

function target(ctx: Context, text: string): Target {
  const named = namedFunction(ctx, text)
  const found = find(ctx, named)
  if (found === undefined) throw invalid('Function does not exist')
  return { ...found, arn: functionArn(ctx, named) }
}

type Plan = Pick<
  MappingRecord,
  'batchSize' | 'windowSeconds' | 'filters' | 'reportsItemFailures' | 'concurrencyMax' | 'stream'
>

/** The plan of a new mapping of a stream. */
function streamPlanOf(input: CreateEventSourceMappingRequest, sourceArn: string): Plan {
  const stream = newStreamSettings(input, sourceArn)
  return { ...commonPlan(input, undefined, streamBatchSizeDefault), stream }
}

function changedPlan(input: UpdateEventSourceMappingRequest, before: MappingRecord): Plan {
  if (before.stream === undefined) {
    refuseOfStreams(input)
    return planOf(input, before)
  }
  const stream = changedStreamSettings(input, before.stream)
  return { ...commonPlan(input, before, streamBatchSizeDefault), stream }
}

/** Recorded: lambda, mappings of SQS. */
function planOf(
  input: CreateEventSourceMappingRequest | UpdateEventSourceMappingRequest,
  before: MappingRecord | undefined,
): Plan {
  const fifo = (before?.sourceArn ?? queueArnOf(input)).endsWith('.fifo')
  const plan = commonPlan(input, before, batchSizeDefault)
  const { batchSize, windowSeconds } = plan
  if (batchSize > batchSizeMax) throw invalid(`Batch size must not be greater than ${batchSizeMax}`)
  if (fifo && (batchSize > batchSizeDefault || windowSeconds > 0)) {
    // The words are ours. Source: CreateEventSourceMapping, `BatchSize`: 10 for FIFO queues.
    throw invalid('FIFO queues take batches of at most 10 messages and no batching window')
  }
  if (batchSize > batchSizeDefault && windowSeconds === 0) {
    throw invalid(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    )
  }
  const concurrencyMax =
    input.ScalingConfig === undefined
      ? before?.concurrencyMax
      : input.ScalingConfig.MaximumConcurrency
  return { ...plan, ...(concurrencyMax === undefined ? {} : { concurrencyMax }) }
}

/** What mappings of all sources have. */
function commonPlan(
  input: CreateEventSourceMappingRequest | UpdateEventSourceMappingRequest,
  before: MappingRecord | undefined,
  batchSizeOfNew: number,
): Plan {
  const types = input.FunctionResponseTypes
  return {
    batchSize: input.BatchSize ?? before?.batchSize ?? batchSizeOfNew,
    windowSeconds: input.MaximumBatchingWindowInSeconds ?? before?.windowSeconds ?? 0,
    filters:
      input.FilterCriteria === undefined
        ? (before?.filters ?? [])
        : filtersOf(input.FilterCriteria),
    reportsItemFailures:
      types === undefined
        ? (before?.reportsItemFailures ?? false)
        : types.includes('ReportBatchItemFailures'),
  }
}

function queueArnOf(input: { readonly EventSourceArn?: string | undefined } | object): string {
  return 'EventSourceArn' in input && typeof input.EventSourceArn === 'string'
    ? input.EventSourceArn
    : ''
}

/** Recorded: lambda CreateEventSourceMapping, invalid filters. */
function filtersOf({ Filters = [] }: FilterCriteria): readonly string[] {
  return Filters.map(({ Pattern }) => {
    try {
      compilePattern(Pattern ?? '')
    } catch (error) {
      if (error instanceof JsonProblem) throw invalid('Invalid filter pattern definition.')
      throw error
    }
    return Pattern ?? ''
  })
}

/** Recorded: lambda CreateEventSourceMapping, `test_duplicate_event_source_mappings`. */
function checkDuplicate(ctx: Context, sourceArn: string, at: Target): void {
  const other = mappings.first(ctx, 'pair', orderedKey(sourceArn, at.arn))
  if (other === undefined) return
  if (other.stream !== undefined) {
    throw conflict(
      `The event source arn (" ${sourceArn} ") and function (" ${at.fn.name} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${other.uuid}`,
    )
  }
  throw conflict(
    `An event source mapping with SQS arn (" ${sourceArn} ") and function (" ${at.fn.name} ") already exists. Please update or delete the existing mapping with UUID ${other.uuid}`,
  )
}

async function checkSource(
  ctx: Context,
  sourceArn: string,
  at: Target,
  { stream }: Plan,
): Promise<void> {
  if (stream === undefined) await checkQueue(ctx, sourceArn, at)
  else await checkStream(ctx, sourceArn, at, stream)
}

const neededOfRole = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'] as const

/** The role must be able to take messages, and have time for them. */
async function checkQueue(ctx: Context, sourceArn: string, at: Target): Promise<void> {
  const { roleArn, timeoutSeconds } = at.version.deployment.settings
  for (const name of neededOfRole) {
    if (roleMay(ctx, roleArn, `sqs:${name}`, sourceArn)) continue
    throw invalid(`The function execution role does not have permissions to call ${name} on SQS`)
  }
  const [, , , region = '', accountId = '', name = ''] = sourceArn.split(':')
  const QueueUrl = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`
  const input = { QueueUrl, AttributeNames: ['VisibilityTimeout'] as const }
  const as = { role: roleArn, service: lambdaPrincipal, sessionName: 'awslambda_poller' }
  let visibilitySeconds: number
  try {
    const { Attributes = {} } = await ctx.call(GetQueueAttributes, input, { as, region })
    visibilitySeconds = Number(Attributes['VisibilityTimeout'])
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const code = error.queryCode ?? error.code
    throw invalid(
      `Error occurred while GetQueueAttributes. SQS Error Code: ${code}. SQS Error Message: ${error.message}`,
    )
  }
  if (visibilitySeconds < timeoutSeconds) {
    throw invalid(
      `Queue visibility timeout: ${visibilitySeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    )
  }
}

/** Recorded: lambda CreateEventSourceMapping of SQS. */
function outputOf(mapping: MappingRecord): EventSourceMappingConfiguration {
  const { filters, concurrencyMax } = mapping
  return {
    UUID: mapping.uuid,
    EventSourceMappingArn: mapping.arn,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.windowSeconds,
    EventSourceArn: mapping.sourceArn,
    FunctionArn: mapping.functionArn,
    LastModified: mapping.modifiedAtMs,
    State: mapping.state,
    StateTransitionReason: 'USER_INITIATED',
    FunctionResponseTypes: mapping.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
    ...(filters.length === 0
      ? {}
      : { FilterCriteria: { Filters: filters.map((Pattern) => ({ Pattern })) } }),
    ...(concurrencyMax === undefined
      ? {}
      : { ScalingConfig: { MaximumConcurrency: concurrencyMax } }),
    ...describedSettings(mapping),
  }
}
