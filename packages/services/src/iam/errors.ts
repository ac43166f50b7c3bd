import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import {
  DeleteConflictException,
  EntityAlreadyExistsException,
  InvalidInputException,
  LimitExceededException,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  PasswordPolicyViolationException,
  UnmodifiableEntityException,
} from '@cloud-orrery/models/iam'
import { notModelled } from '../shared/not-modelled.ts'

/** The query protocol's form of a broken constraint. Recorded: iam, service specific credentials. */
export function validationError(message: string): AwsError {
  return awsError(commonError('ValidationError', 400), message)
}

export function noSuchEntity(message: string): AwsError {
  return awsError(NoSuchEntityException, message)
}

/** Recorded: iam, CreateServiceSpecificCredential. */
export function notFound(kind: 'user' | 'role' | 'group', name: string): AwsError {
  return noSuchEntity(`The ${kind} with name ${name} cannot be found.`)
}

export function inlinePolicyNotFound(kind: 'user' | 'role' | 'group', name: string): AwsError {
  return noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`)
}

/** Recorded: iam, DeletePolicy. */
export function policyNotFound(arn: string): AwsError {
  return noSuchEntity(`Policy ${arn} was not found.`)
}

/** Recorded: iam, AttachRolePolicy and AttachUserPolicy. */
export function policyNotAttachable(arn: string): AwsError {
  return noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
}

export function policyVersionNotFound(arn: string, versionId: string): AwsError {
  return noSuchEntity(`Policy ${arn} version ${versionId} does not exist or is not attachable.`)
}

/** Recorded: iam, PutRolePermissionsBoundary. */
export function notAPolicyArn(arn: string): AwsError {
  return invalidInput(`ARN ${arn} is not valid.`)
}

/** Recorded: iam, PutRolePermissionsBoundary. */
export function boundaryNotFound(arn: string): AwsError {
  return noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`)
}

export function accessKeyNotFound(id: string): AwsError {
  return noSuchEntity(`The Access Key with id ${id} cannot be found.`)
}

/** A key that is not the account's is one that the caller may not ask about. Recorded: iam, GetAccessKeyLastUsed. */
export function foreignAccessKey(callerArn: string, id: string): AwsError {
  return awsError(
    commonError('AccessDenied', 403),
    `User: ${callerArn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${id}`,
  )
}

/** Recorded: iam, AttachRolePolicy with a text that is no ARN. */
export function unreadableArn(): AwsError {
  return validationError('Invalid ARN:  Could not be parsed!')
}

export function alreadyExists(kind: 'User' | 'Role' | 'Group', name: string): AwsError {
  return entityAlreadyExists(`${kind} with name ${name} already exists.`)
}

export function policyExists(name: string): AwsError {
  return entityAlreadyExists(
    `A policy called ${name} already exists. Duplicate names are not allowed.`,
  )
}

export function entityAlreadyExists(message: string): AwsError {
  return awsError(EntityAlreadyExistsException, message)
}

/** `what` must be done first: `detach all policies`. */
export function deleteConflict(what: string): AwsError {
  return awsError(DeleteConflictException, `Cannot delete entity, must ${what} first.`)
}

export function policyInUse(): AwsError {
  return awsError(DeleteConflictException, 'Cannot delete a policy attached to entities.')
}

export function policyHasVersions(): AwsError {
  return awsError(
    DeleteConflictException,
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
  )
}

export function defaultVersionStays(): AwsError {
  return awsError(DeleteConflictException, 'Cannot delete the default version of a policy.')
}

/** `quota` by AWS's name: `AccessKeysPerUser`. */
export function quotaExceeded(quota: string, max: number): AwsError {
  return limitExceeded(`Cannot exceed quota for ${quota}: ${max}`)
}

export function limitExceeded(message: string): AwsError {
  return awsError(LimitExceededException, message)
}

export function tooManyVersions(): AwsError {
  return limitExceeded(
    'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
  )
}

export function inlinePoliciesTooLarge(
  kind: 'user' | 'role' | 'group',
  name: string,
  bytesMax: number,
): AwsError {
  return limitExceeded(`Maximum policy size of ${bytesMax} bytes exceeded for ${kind} ${name}`)
}

export function malformedPolicy(message: string): AwsError {
  return awsError(MalformedPolicyDocumentException, message)
}

export function invalidInput(message: string): AwsError {
  return awsError(InvalidInputException, message)
}

/** Recorded: iam, TagRole and TagPolicy. */
export function duplicateTagKeys(anyCase: boolean): AwsError {
  const hint = anyCase ? ' Please note that Tag keys are case insensitive.' : ''
  return invalidInput(`Duplicate tag keys found.${hint}`)
}

/** Recorded: iam, TagOpenIDConnectProvider. */
export function tooManyTags(): AwsError {
  return limitExceeded('The number of tags has reached the maximum limit.')
}

/** Only the service itself changes a service-linked role. */
export function protectedRole(operation: string, roleName: string): AwsError {
  return awsError(
    UnmodifiableEntityException,
    `Cannot perform the operation on the protected role '${roleName}' - this role is only modifiable by AWS`,
    { detail: { operation } },
  )
}

/** A role session or root that calls without a name what is about users. */
export function needsUserName(): AwsError {
  return validationError('Must specify userName when calling with non-User credentials')
}

/** IAM takes no credentials of GetSessionToken without MFA, and none of GetFederationToken. */
export function sessionMayNot(): AwsError {
  return awsError(
    commonError('InvalidClientTokenId', 403),
    'The security token included in the request is invalid',
  )
}

/** Recorded: iam, RemoveRoleFromInstanceProfile. */
export function roleNotInProfile(roleName: string, profileName: string): AwsError {
  return noSuchEntity(`Role ${roleName} in Instance Profile ${profileName} cannot be found.`)
}

export function passwordViolation(): AwsError {
  return awsError(
    PasswordPolicyViolationException,
    'Password does not conform to the account password policy.',
  )
}

export function oldPasswordIncorrect(): AwsError {
  return awsError(commonError('AccessDenied', 403), 'The old password was incorrect.')
}

export function changeNotAllowed(): AwsError {
  return awsError(
    commonError('AccessDenied', 403),
    'The account password policy does not allow users to change their password.',
  )
}

export function unsupportedService(name: string): AwsError {
  return noSuchEntity(`No such service ${name} is supported for Service Specific Credentials`)
}

export function credentialNotFound(id: string): AwsError {
  return noSuchEntity(`No such credential ${id} exists`)
}

/** Recorded: iam, CreateServiceLinkedRole. */
export function noCustomSuffix(service: string): AwsError {
  return invalidInput(`Custom suffix is not allowed for ${service}`)
}

/** Recorded: iam, CreateServiceLinkedRole. */
export function linkedRoleExists(roleName: string): AwsError {
  return invalidInput(
    `Service role name ${roleName} has been taken in this account, please try a different suffix.`,
  )
}

/** Our own limit: AWS has a service-linked role for some services that the model has no record of. */
export function linkedServiceNotModelled(service: string): AwsError {
  return notModelled(`the service-linked role of ${service}: the README of iam says which it does`)
}
