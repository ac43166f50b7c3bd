import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  InvalidParameterException,
  LimitExceededException,
  MalformedQueryException,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  ServiceUnavailableException,
  TooManyTagsException,
} from '@cloud-orrery/models/logs'
import { batchBytesMax, retentionDays, tagsMax } from './limits.ts'

export function invalid(message: string): AwsError {
  return awsError(InvalidParameterException, message)
}

/** Recorded: logs. */
export function nameTooLong(): AwsError {
  return invalid('Invalid LogGroup or LogStream, both must have length less than or equal to 512.')
}

/** Recorded: logs. */
export function logGroupNotFound(): AwsError {
  return awsError(ResourceNotFoundException, 'The specified log group does not exist.')
}

/** Recorded: logs. */
export function logGroupExists(): AwsError {
  return awsError(ResourceAlreadyExistsException, 'The specified log group already exists')
}

/** Recorded: logs. */
export function logStreamNotFound(): AwsError {
  return awsError(ResourceNotFoundException, 'The specified log stream does not exist.')
}

export function logStreamExists(): AwsError {
  return awsError(ResourceAlreadyExistsException, 'The specified log stream already exists')
}

/** Recorded: logs. */
export function limitExceeded(): AwsError {
  return awsError(LimitExceededException, 'Resource limit exceeded.')
}

/** Recorded: logs. */
export function invalidToken(): AwsError {
  return invalid('The specified nextToken is invalid.')
}

/** Recorded: logs DescribeLogStreams. */
export function nameAndIdentifier(): AwsError {
  return awsError(
    commonError('ValidationException', 400),
    'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
  )
}

// Deviation: what AWS says when neither is given is not recorded; these words are ours.
export function noNameOrIdentifier(): AwsError {
  return invalid('Either logGroupName or logGroupIdentifier must be specified.')
}

export function prefixAndPattern(): AwsError {
  return invalid(
    'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
  )
}

export function reservedName(): AwsError {
  return invalid('Log groups starting with AWS/ are reserved for AWS.')
}

// Deviation: the words for a protected log group are ours; the API reference names the code alone.
export function deletionProtected(): AwsError {
  return awsError(
    commonError('ValidationException', 400),
    'The specified log group has deletion protection enabled.',
  )
}

/** Recorded: logs PutLogEvents. */
export function wrongOrder(): AwsError {
  return invalid('Log events in a single PutLogEvents request must be in chronological order.')
}

export function spanTooLong(): AwsError {
  return invalid(
    'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
  )
}

export function batchTooLarge(bytes: number): AwsError {
  return invalid(`Upload too large: ${bytes} bytes exceeds limit of ${batchBytesMax}`)
}

export function eventTooLarge(bytes: number): AwsError {
  return invalid(`Log event too large: ${bytes} bytes exceeds limit of ${batchBytesMax}`)
}

export function invalidRetention(days: number): AwsError {
  return invalid(
    `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${retentionDays.join(', ')}]`,
  )
}

export function orderByTimeWithPrefix(): AwsError {
  return invalid('Cannot order by LastEventTime with a logStreamNamePrefix.')
}

// Deviation: the words are ours, from the API reference's description.
export function streamNamesAndPrefix(): AwsError {
  return invalid('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.')
}

export function tooManyTags(): AwsError {
  return awsError(TooManyTagsException, `A resource can have no more than ${tagsMax} tags.`)
}

export function reservedTag(key: string): AwsError {
  return invalid(`The tag key ${key} begins with aws:, which is reserved for AWS.`)
}

export function resourceNotFound(): AwsError {
  return awsError(ResourceNotFoundException, 'The specified resource does not exist.')
}

export function policyNotFound(name: string): AwsError {
  return awsError(ResourceNotFoundException, `Policy with name [${name}] does not exist`)
}

export function metricFilterNotFound(): AwsError {
  return awsError(ResourceNotFoundException, 'The specified metric filter does not exist.')
}

export function subscriptionFilterNotFound(): AwsError {
  return awsError(ResourceNotFoundException, 'The specified subscription filter does not exist.')
}

/** The run of characters that no term may have without quotes. Source: seen on AWS by its users. */
export function invalidTerm(characters: string): AwsError {
  return invalid(`Invalid character(s) in term '${characters}'`)
}

export function invalidPattern(): AwsError {
  return invalid('Invalid filter pattern')
}

/** Source: users' reports, of keys that are not named by their ARN. */
export function keyNotFound(): AwsError {
  return invalid('The specified KMS Key Id could not be found.')
}

/** Source: users' reports, of CreateLogGroup and AssociateKmsKey. That reads answer so too is our guess. */
export function keyNotAllowed(groupArn: string): AwsError {
  return awsError(
    commonError('AccessDeniedException', 400),
    `The specified KMS key does not exist or is not allowed to be used with Arn '${groupArn}'`,
  )
}

/** Source: user reports of PutSubscriptionFilter with a function that does not let CloudWatch Logs invoke it. */
export function functionNotExecuted(): AwsError {
  return invalid(
    'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
  )
}

/** Another service failed or was busy. The words are ours. */
export function serviceUnavailable(message: string): AwsError {
  return awsError(ServiceUnavailableException, message)
}

/** Recorded: logs StartQuery, with what the service's own client added. */
export function groupOfQueryNotFound(
  { accountId, requestId }: { readonly accountId: string; readonly requestId: string },
  name: string,
): AwsError {
  return awsError(
    ResourceNotFoundException,
    `Log group '${name}' does not exist for account ID '${accountId}' (Service: AWSLogs; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: ${requestId}; Proxy: null)`,
  )
}

/** Source: StartQuery, MalformedQueryException; positions are those of the query's characters. */
export function malformedQuery(message: string, start: number, end: number): AwsError {
  return awsError(MalformedQueryException, message, {
    fields: {
      queryCompileError: { location: { startCharOffset: start, endCharOffset: end }, message },
    },
  })
}

// Deviation: the words for queries, records and saved queries that are not there, or over, are ours.
export function queryNotFound(id: string): AwsError {
  return awsError(ResourceNotFoundException, `Query ${id} does not exist.`)
}

export function queryEnded(id: string, status: string): AwsError {
  return invalid(`Query ${id} has already ended with ${status}`)
}

export function recordNotFound(): AwsError {
  return awsError(ResourceNotFoundException, 'The specified log record does not exist.')
}

export function definitionNotFound(): AwsError {
  return awsError(ResourceNotFoundException, 'The specified query definition does not exist.')
}
