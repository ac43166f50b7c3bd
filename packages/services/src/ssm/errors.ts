import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import { InvalidResourceId, TooManyTagsError } from '@cloud-orrery/models/ssm'

const ValidationException = commonError('ValidationException', 400)

export function invalid(message: string): AwsError {
  return awsError(ValidationException, message)
}

export function tooManyTags(): AwsError {
  return awsError(TooManyTagsError, 'Cannot have more than 50 tags per resource')
}

export function tagsDuplicate(): AwsError {
  return invalid('Tag keys must be unique in a request.')
}

export function tagKeyInvalid(key: string): AwsError {
  return invalid(`Tag key ${key} is not valid: the prefix aws: is reserved for system use.`)
}

export function invalidResourceId(): AwsError {
  return awsError(InvalidResourceId, 'Invalid Resource ID')
}
