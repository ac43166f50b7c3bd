import { AwsError } from '@cloud-orrery/models'
import { DescribeStream } from '@cloud-orrery/models/dynamodbstreams'
import type {
  CreateEventSourceMappingRequest,
  EventSourceMappingConfiguration,
  UpdateEventSourceMappingRequest,
} from '@cloud-orrery/models/lambda'
import type { Context } from '../../../context.ts'
import { isTransient } from '../../../shared/transient-errors.ts'
import { invalid, serviceFailure } from '../../errors.ts'
import { lambdaPrincipal } from '../../limits.ts'
import type { Found } from '../../lookup.ts'
import { roleMay } from '../../role-permissions.ts'
import type { MappingRecord, StreamSettings } from '../state.ts'

/** Source: CreateEventSourceMapping, `BatchSize`, for DynamoDB Streams. */
export const streamBatchSizeDefault = 100
const batchSizeMax = 10_000

type Input = CreateEventSourceMappingRequest | UpdateEventSourceMappingRequest

/** Throws for settings that mappings of streams have not. */
export function refuseOfOthers(
  input: Partial<Record<(typeof notForStreams)[number], unknown>>,
): void {
  const name = notForStreams.find((it) => input[it] !== undefined)
  if (name === undefined) return
  throw invalid(`Unsupported ${name} parameter for given event source mapping type.`)
}

const notForStreams = [
  'ScalingConfig',
  'Topics',
  'Queues',
  'SourceAccessConfigurations',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
  'StartingPositionTimestamp',
] as const

/** Recorded: lambda, `test_create_event_source_validation`. */
function startingPosition(
  { StartingPosition: given }: CreateEventSourceMappingRequest,
  arn: string,
): StreamSettings['startingPosition'] {
  if (given === undefined) {
    throw invalid(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    )
  }
  if (given === 'TRIM_HORIZON') return 'TRIM_HORIZON'
  if (given === 'LATEST') return 'LATEST'
  throw invalid(`Unsupported starting position for arn type: ${arn}`)
}

/** Settings of a new mapping of a stream. */
export function newStreamSettings(
  input: CreateEventSourceMappingRequest,
  arn: string,
): StreamSettings {
  const position = startingPosition(input, arn)
  refuseOfOthers(input)
  return merged(input, {
    startingPosition: position,
    parallelization: 1,
    bisects: false,
    retryAttemptsMax: -1,
    recordAgeSecondsMax: -1,
    tumblingSeconds: 0,
    lastResult: 'No records processed',
  })
}

/** Settings as an update leaves them. */
export function changedStreamSettings(
  input: UpdateEventSourceMappingRequest,
  before: StreamSettings,
): StreamSettings {
  refuseOfOthers(input)
  return merged(input, before)
}

function merged(input: Input, before: StreamSettings): StreamSettings {
  const { MaximumRecordAgeInSeconds: ageSeconds, BatchSize: batchSize = 1 } = input
  if (batchSize > batchSizeMax) throw invalid(`Batch size must not be greater than ${batchSizeMax}`)
  if (ageSeconds !== undefined && ageSeconds !== -1 && ageSeconds < 60) {
    // The words are ours. Source: CreateEventSourceMapping, `MaximumRecordAgeInSeconds`: -1, or 60 and more.
    throw invalid('Maximum record age in seconds must be -1 or at least 60')
  }
  const { onFailure: destination, ...rest } = before
  const onFailure =
    input.DestinationConfig === undefined
      ? destination
      : input.DestinationConfig.OnFailure?.Destination
  return {
    ...rest,
    parallelization: input.ParallelizationFactor ?? before.parallelization,
    bisects: input.BisectBatchOnFunctionError ?? before.bisects,
    retryAttemptsMax: input.MaximumRetryAttempts ?? before.retryAttemptsMax,
    recordAgeSecondsMax: ageSeconds ?? before.recordAgeSecondsMax,
    tumblingSeconds: input.TumblingWindowInSeconds ?? before.tumblingSeconds,
    ...(onFailure === undefined || onFailure === '' ? {} : { onFailure }),
  }
}

const neededOfRole = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'] as const

/** The role must be able to read the stream, which must be there, and to tell the destination. */
export async function checkStream(
  ctx: Context,
  streamArn: string,
  found: Found,
  { onFailure }: StreamSettings,
): Promise<void> {
  const { roleArn } = found.version.deployment.settings
  if (!neededOfRole.every((name) => roleMay(ctx, roleArn, `dynamodb:${name}`, streamArn))) {
    throw cannotAccess(streamArn)
  }
  if (onFailure !== undefined) checkDestination(ctx, roleArn, onFailure)
  const as = { role: roleArn, service: lambdaPrincipal, sessionName: 'awslambda_poller' }
  try {
    await ctx.call(DescribeStream, { StreamArn: streamArn, Limit: 1 }, { as })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isTransient(error)) throw serviceFailure(`DescribeStream: ${error.message}`)
    if (error.code === 'ResourceNotFoundException') throw invalid(`Stream not found: ${streamArn}`)
    throw cannotAccess(streamArn)
  }
}

/** Source: user reports of the error's words. */
function cannotAccess(streamArn: string) {
  return invalid(
    `Cannot access stream ${streamArn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
  )
}

/** What the role must be allowed for each kind of destination. Source: developer guide, as for `afterFailure`. */
const permissions: Readonly<Record<string, { action: string; word: string; under?: string }>> = {
  sqs: { action: 'sqs:SendMessage', word: 'SendMessage' },
  sns: { action: 'sns:Publish', word: 'Publish' },
  s3: { action: 's3:PutObject', word: 'PutObject', under: '/*' },
}

function checkDestination(ctx: Context, roleArn: string, arn: string): void {
  const permission = permissions[arn.split(':')[2] ?? '']
  if (permission === undefined) {
    throw invalid(
      `The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination=${arn})) is invalid.`,
    )
  }
  const { action, word, under = '' } = permission
  if (roleMay(ctx, roleArn, action, arn + under)) return
  throw invalid(`The function's execution role does not have permissions to call ${word} on ${arn}`)
}

/** Recorded: lambda CreateEventSourceMapping of DynamoDB streams. */
export function describedSettings({ stream }: MappingRecord): EventSourceMappingConfiguration {
  if (stream === undefined) return {}
  const { onFailure } = stream
  return {
    BisectBatchOnFunctionError: stream.bisects,
    DestinationConfig: { OnFailure: onFailure === undefined ? {} : { Destination: onFailure } },
    LastProcessingResult: stream.lastResult,
    MaximumRecordAgeInSeconds: stream.recordAgeSecondsMax,
    MaximumRetryAttempts: stream.retryAttemptsMax,
    ParallelizationFactor: stream.parallelization,
    StartingPosition: stream.startingPosition,
    StateTransitionReason: 'User action',
    TumblingWindowInSeconds: stream.tumblingSeconds,
  }
}
