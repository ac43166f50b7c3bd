import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  OpsItemAlreadyExistsException,
  OpsItemConflictException,
  OpsItemInvalidParameterException,
  OpsItemLimitExceededException,
  OpsItemNotFoundException,
  OpsItemRelatedItemAlreadyExistsException,
  OpsItemRelatedItemAssociationNotFoundException,
} from '@cloud-orrery/models/ssm'

// Deviation: codes, statuses and fields are the API reference's; the words of OpsCenter's errors are ours,
// since no recorded answer shows AWS's.

export function opsItemNotFound(id: string): AwsError {
  return awsError(OpsItemNotFoundException, `OpsItem ID ${id} not found`)
}

export function opsItemExists(id: string): AwsError {
  return awsError(
    OpsItemAlreadyExistsException,
    `An unresolved OpsItem with the same deduplication string already exists: ${id}`,
    { fields: { OpsItemId: id } },
  )
}

export function invalidParameter(name: string, reason: string): AwsError {
  return awsError(OpsItemInvalidParameterException, reason, { fields: { ParameterNames: [name] } })
}

export function limitExceeded(limitType: string, limit: number): AwsError {
  return awsError(
    OpsItemLimitExceededException,
    `The request exceeds the limit of ${limit} for ${limitType}.`,
    { fields: { ResourceTypes: ['OpsItem'], Limit: limit, LimitType: limitType } },
  )
}

export function conflict(message: string): AwsError {
  return awsError(OpsItemConflictException, message)
}

export function relatedItemExists(id: string, uri: string): AwsError {
  return awsError(
    OpsItemRelatedItemAlreadyExistsException,
    `The resource ${uri} is already associated with OpsItem ${id}`,
    { fields: { ResourceUri: uri, OpsItemId: id } },
  )
}

export function associationNotFound(associationId: string): AwsError {
  return awsError(
    OpsItemRelatedItemAssociationNotFoundException,
    `The association ${associationId} was not found`,
  )
}

/** For operations whose model lists no error for their parameters. */
export function invalidFilter(reason: string): AwsError {
  return awsError(commonError('ValidationException', 400), reason)
}
