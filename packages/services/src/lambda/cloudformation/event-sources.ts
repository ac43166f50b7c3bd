import {
  AwsLambdaEventInvokeConfig,
  AwsLambdaEventSourceMapping,
  type AwsLambdaEventSourceMappingProperties,
  CreateEventSourceMapping,
  type CreateEventSourceMappingRequest,
  DeleteEventSourceMapping,
  DeleteFunctionEventInvokeConfig,
  type DestinationConfig,
  type EventSourceMappingConfiguration,
  GetEventSourceMapping,
  GetFunctionEventInvokeConfig,
  ListTags,
  PutFunctionEventInvokeConfig,
  UpdateEventSourceMapping,
  type UpdateEventSourceMappingRequest,
} from '@cloud-orrery/models/lambda'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { tagsOf } from './tags.ts'

/** Longer than a mapping's change: CloudFormation waits for it. */
const durationMs = { create: 700, update: 700, delete: 700 }

export const eventSourceMappingType = resource(AwsLambdaEventSourceMapping, {
  durationMs,
  async create(ctx, { Tags, KmsKeyArn, ...given }) {
    const input = { ...given, KMSKeyArn: KmsKeyArn, Tags: tagsOf(ctx, Tags) }
    // What the schema lets through as text is judged by the API.
    const made = await ctx.call(CreateEventSourceMapping, input as CreateEventSourceMappingRequest)
    const { UUID = '', EventSourceMappingArn = '' } = made
    return { Id: UUID, EventSourceMappingArn }
  },
  async update(ctx, properties, _previous, state) {
    await ctx.call(UpdateEventSourceMapping, updateOf(state.Id, properties))
    return state
  },
  async delete(ctx, { Id }) {
    await ctx.call(DeleteEventSourceMapping, { UUID: Id })
  },
  async read(ctx, { Id }, properties) {
    const found = await unlessGone(ctx.call(GetEventSourceMapping, { UUID: Id }))
    if (found === undefined) return undefined
    const { BatchSize, MaximumBatchingWindowInSeconds, State } = found
    const { FilterCriteria, FunctionResponseTypes, ScalingConfig } = found
    const tags =
      properties.Tags === undefined
        ? undefined
        : await ctx.call(ListTags, { Resource: found.EventSourceMappingArn ?? '' })
    return {
      FunctionName: properties.FunctionName,
      ...(properties.EventSourceArn === undefined
        ? {}
        : { EventSourceArn: properties.EventSourceArn }),
      ...(BatchSize === undefined ? {} : { BatchSize }),
      ...(MaximumBatchingWindowInSeconds === undefined ? {} : { MaximumBatchingWindowInSeconds }),
      Enabled: State === 'Enabled',
      ...(FilterCriteria === undefined ? {} : { FilterCriteria }),
      ...(FunctionResponseTypes === undefined ? {} : { FunctionResponseTypes }),
      ...(ScalingConfig === undefined ? {} : { ScalingConfig }),
      ...(found.KMSKeyArn === undefined ? {} : { KmsKeyArn: found.KMSKeyArn }),
      ...streamSettings(found),
      ...(tags?.Tags === undefined
        ? {}
        : { Tags: Object.entries(tags.Tags).map(([Key, Value]) => ({ Key, Value })) }),
    }
  },
})

/** What mappings of streams have besides. */
function streamSettings(found: EventSourceMappingConfiguration) {
  if (found.StartingPosition === undefined) return {}
  const { BisectBatchOnFunctionError, MaximumRecordAgeInSeconds, MaximumRetryAttempts } = found
  const { ParallelizationFactor, StartingPosition, TumblingWindowInSeconds } = found
  const destination = found.DestinationConfig?.OnFailure?.Destination
  return {
    ...(BisectBatchOnFunctionError === undefined ? {} : { BisectBatchOnFunctionError }),
    ...(MaximumRecordAgeInSeconds === undefined ? {} : { MaximumRecordAgeInSeconds }),
    ...(MaximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts }),
    ...(ParallelizationFactor === undefined ? {} : { ParallelizationFactor }),
    ...(TumblingWindowInSeconds === undefined ? {} : { TumblingWindowInSeconds }),
    StartingPosition,
    ...(destination === undefined
      ? {}
      : { DestinationConfig: { OnFailure: { Destination: destination } } }),
  }
}

/** What an update sets where the new template is silent: the defaults of a new mapping. */
function updateOf(
  UUID: string,
  properties: AwsLambdaEventSourceMappingProperties,
): UpdateEventSourceMappingRequest {
  const {
    EventSourceArn: _,
    Tags: _tags,
    KmsKeyArn,
    StartingPosition: _from,
    ...given
  } = properties
  const isQueue = properties.EventSourceArn?.split(':')[2] === 'sqs'
  const input = {
    UUID,
    Enabled: true,
    MaximumBatchingWindowInSeconds: 0,
    FilterCriteria: {},
    FunctionResponseTypes: [],
    ...(isQueue ? queueDefaults : streamDefaults),
    ...given,
    KMSKeyArn: KmsKeyArn,
  }
  return input as UpdateEventSourceMappingRequest // As in `create`.
}

const queueDefaults = { BatchSize: 10, ScalingConfig: {} } as const

const streamDefaults = {
  BatchSize: 100,
  BisectBatchOnFunctionError: false,
  DestinationConfig: { OnFailure: {} },
  MaximumRecordAgeInSeconds: -1,
  MaximumRetryAttempts: -1,
  ParallelizationFactor: 1,
  TumblingWindowInSeconds: 0,
} as const

export const eventInvokeConfigType = resource(AwsLambdaEventInvokeConfig, {
  async create(ctx, properties) {
    await ctx.call(PutFunctionEventInvokeConfig, { ...properties, ...atLeastOne(properties) })
    return {}
  },
  async update(ctx, properties, _previous, state) {
    await ctx.call(PutFunctionEventInvokeConfig, { ...properties, ...atLeastOne(properties) })
    return state
  },
  async delete(ctx, _state, { FunctionName, Qualifier }) {
    await ctx.call(DeleteFunctionEventInvokeConfig, { FunctionName, Qualifier })
  },
  async read(ctx, _state, { FunctionName, Qualifier }) {
    const input = { FunctionName, Qualifier }
    const found = await unlessGone(ctx.call(GetFunctionEventInvokeConfig, input))
    if (found === undefined) return undefined
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = found
    return {
      ...input,
      ...(MaximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts }),
      ...(MaximumEventAgeInSeconds === undefined ? {} : { MaximumEventAgeInSeconds }),
      ...(DestinationConfig === undefined
        ? {}
        : { DestinationConfig: givenDestinations(DestinationConfig) }),
    }
  },
})

/** A template may give none of them. */
function atLeastOne({ DestinationConfig }: { readonly DestinationConfig?: object | undefined }) {
  return DestinationConfig === undefined ? { DestinationConfig: {} } : {}
}

/** The API always tells both, empty where there is none; a template gives those that there are. */
function givenDestinations({ OnSuccess, OnFailure }: DestinationConfig) {
  const [success, failure] = [OnSuccess?.Destination, OnFailure?.Destination]
  return {
    ...(success === undefined ? {} : { OnSuccess: { Destination: success } }),
    ...(failure === undefined ? {} : { OnFailure: { Destination: failure } }),
  }
}
