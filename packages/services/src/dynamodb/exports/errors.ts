import { type AwsError, awsError } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/dynamodb'

export function exportNotFound(arn: string): AwsError {
  return awsError(model.ExportNotFoundException, `Export not found: ${arn}`)
}

/** The words are ours. */
export function exportConflict(): AwsError {
  return awsError(
    model.ExportConflictException,
    'There was a conflict when writing to the specified S3 bucket: the client token was used with other parameters',
  )
}

/** The words are ours. */
export function invalidExportTime(what: string): AwsError {
  return awsError(model.InvalidExportTimeException, what)
}
