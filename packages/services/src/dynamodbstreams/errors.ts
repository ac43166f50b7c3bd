import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  ExpiredIteratorException,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@cloud-orrery/models/dynamodbstreams'

const ValidationException = commonError('ValidationException', 400)

export function accessDenied(message: string): AwsError {
  return awsError(commonError('AccessDeniedException', 400), message)
}

export function invalid(message: string): AwsError {
  return awsError(ValidationException, message)
}

export function streamNotFound(arn: string): AwsError {
  return awsError(
    ResourceNotFoundException,
    `Requested resource not found: Stream: ${arn} not found`,
  )
}

export function tableNotFound(name: string): AwsError {
  return awsError(
    ResourceNotFoundException,
    `Requested resource not found: Table: ${name} not found`,
  )
}

export function shardNotFound(shardId: string, arn: string): AwsError {
  return awsError(
    ResourceNotFoundException,
    `Requested resource not found: Shard: ${shardId} in Stream: ${arn} not found`,
  )
}

export function iteratorExpired(): AwsError {
  return awsError(
    ExpiredIteratorException,
    'The shard iterator is expired. Shard iterators expire 15 minutes after they are retrieved.',
  )
}

export function trimmed(): AwsError {
  return awsError(
    TrimmedDataAccessException,
    'The operation attempted to read past the oldest stream record in a shard. The records were trimmed.',
  )
}

/** For a sequence number beyond the shard, or none. */
export function badSequenceNumber(sequenceNumber: string): AwsError {
  return invalid(`Invalid SequenceNumber: ${sequenceNumber} is not a sequence number of the shard`)
}

export function badIterator(): AwsError {
  return invalid('Invalid ShardIterator')
}
