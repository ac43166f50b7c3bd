import { type AwsError, awsError } from '@cloud-orrery/models'
import {
  InvalidParameterException,
  PaginationTokenExpiredException,
} from '@cloud-orrery/models/tagging'
import { notModelled } from '../shared/not-modelled.ts'

/** The words are ours where no source is named. */
export function invalid(message: string): AwsError {
  return awsError(InvalidParameterException, message, { fields: { Message: message } })
}

/** Observed on AWS: boto3 issue 2760. */
export function invalidArn(arn: string): AwsError {
  return invalid(`${arn} is not a valid AmazonResourceName (ARN)`)
}

/** Observed on AWS: aws-sdk-js issue 1779. */
export function unsupportedService(service: string, arn: string): AwsError {
  return invalid(`Unsupported service=${service} in ARN=${arn}`)
}

export function otherPlace(arn: string): AwsError {
  return invalid(`The resource ${arn} is not in the Region and account of the request.`)
}

export function unbuilt(arn: string): AwsError {
  const [, , service, , , resource = ''] = arn.split(':')
  const kind = /^([a-z-]+)[/:]/.exec(`${resource}:`)?.[1] ?? resource
  return notModelled(`the tagging of ${service}:${kind} by the Resource Groups Tagging API`)
}

export function invalidToken(): AwsError {
  return invalid('Specified pagination token is not one of this request.')
}

export function expiredToken(): AwsError {
  const message = 'The pagination token has expired.'
  return awsError(PaginationTokenExpiredException, message, { fields: { Message: message } })
}
