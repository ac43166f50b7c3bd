import { type AwsError, awsError, commonError, type Violation } from '@cloud-orrery/models'
import {
  InvalidEventCategoryException,
  InvalidLookupAttributesException,
  InvalidMaxResultsException,
  InvalidNextTokenException,
  InvalidTimeRangeException,
} from '@cloud-orrery/models/cloudtrail'
import { pageEventsMax } from './limits.ts'

// Deviation: codes and statuses are the API reference's; the words of these five are ours, since no
// recorded answer shows AWS's.

export function tooManyLookupAttributes(): AwsError {
  return awsError(
    InvalidLookupAttributesException,
    'Invalid lookup attributes: only one lookup attribute can be specified.',
  )
}

export function invalidLookupAttribute(key: string, value: string): AwsError {
  return awsError(
    InvalidLookupAttributesException,
    `Invalid lookup attribute: the value ${value} is not valid for ${key}.`,
  )
}

export function lookupAttributeNotOfInsights(key: string): AwsError {
  return awsError(
    InvalidLookupAttributesException,
    `Invalid lookup attribute: ${key} is not supported for Insights events.`,
  )
}

export function startAfterEnd(): AwsError {
  return awsError(
    InvalidTimeRangeException,
    'Invalid time range: the start time is after the end time.',
  )
}

export function invalidNextToken(): AwsError {
  return awsError(InvalidNextTokenException, 'Invalid NextToken.')
}

/** What the model forbids: two parameters have errors of their own. */
export function invalidInput(message: string, violations: readonly Violation[]): AwsError {
  const paths = new Set(violations.map(({ path }) => path))
  if (paths.size === 1 && paths.has('maxResults')) {
    return awsError(
      InvalidMaxResultsException,
      `Invalid MaxResults: specify a value between 1 and ${pageEventsMax}.`,
    )
  }
  if (paths.size === 1 && paths.has('eventCategory')) {
    return awsError(InvalidEventCategoryException, 'Invalid event category: specify insight.')
  }
  return awsError(commonError('ValidationException', 400), message)
}
