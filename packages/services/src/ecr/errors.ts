import { type AwsError, awsError } from '@cloud-orrery/models'
import {
  InvalidParameterException,
  InvalidTagParameterException,
  LifecyclePolicyNotFoundException,
  RepositoryAlreadyExistsException,
  RepositoryNotFoundException,
  RepositoryPolicyNotFoundException,
  TooManyTagsException,
} from '@cloud-orrery/models/ecr'

export function repositoryExists(name: string, registryId: string): AwsError {
  return awsError(
    RepositoryAlreadyExistsException,
    `The repository with name '${name}' already exists in the registry with id '${registryId}'`,
  )
}

export function repositoryNotFound(name: string, registryId: string): AwsError {
  return awsError(
    RepositoryNotFoundException,
    `The repository with name '${name}' does not exist in the registry with id '${registryId}'`,
  )
}

export function policyNotFound(name: string, registryId: string): AwsError {
  return awsError(
    RepositoryPolicyNotFoundException,
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
  )
}

export function lifecyclePolicyNotFound(name: string, registryId: string): AwsError {
  return awsError(
    LifecyclePolicyNotFoundException,
    `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
  )
}

export function invalidParameter(message: string): AwsError {
  return awsError(InvalidParameterException, message)
}

export function invalidPolicy(): AwsError {
  return invalidParameter(
    "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
  )
}

export function invalidLifecyclePolicy(): AwsError {
  return invalidParameter(
    "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: string is not a valid JSON document'",
  )
}

export function invalidPageToken(): AwsError {
  return invalidParameter(
    "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Must be a token of this request'",
  )
}

export function reservedTag(): AwsError {
  return awsError(
    InvalidTagParameterException,
    "Invalid parameter at 'tags' failed to satisfy constraint: 'Tag keys may not start with aws:'",
  )
}

export function tooManyTags(): AwsError {
  return awsError(TooManyTagsException, 'The repository has too many tags: 50 are allowed.')
}
