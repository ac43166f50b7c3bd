import {
  AwsLambdaEventInvokeConfig,
  AwsLambdaEventSourceMapping,
  type AwsLambdaEventSourceMappingProperties,
  CreateEventSourceMapping,
  type CreateEventSourceMappingRequest,
  DeleteEventSourceMapping,
  DeleteFunctionEventInvokeConfig,
  type DestinationConfig,
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
      ...(tags?.Tags === undefined
        ? {}
        : { Tags: Object.entries(tags.Tags).map(([Key, Value]) => ({ Key, Value })) }),
    }
  },
})

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
  const input = {
    UUID,
    Enabled: true,
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: 0,
    FilterCriteria: {},
    FunctionResponseTypes: [],
    ScalingConfig: {},
    ...given,
    KMSKeyArn: KmsKeyArn,
  }
  return input as UpdateEventSourceMappingRequest // As in `create`.
}

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
