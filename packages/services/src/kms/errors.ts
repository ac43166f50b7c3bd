import { type AwsError, awsError, commonError, type Violation } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/kms'
import type { AuthorizationRequest } from '@cloud-orrery/policy'

const ValidationException = commonError('ValidationException', 400)
const AccessDeniedException = commonError('AccessDeniedException', 400)

export function invalid(message: string): AwsError {
  return awsError(ValidationException, message)
}

/** Recorded: kms, GenerateMac and VerifyMac. AWS lists its enum in this order. */
const macAlgorithms = '[HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]'

/** Input that breaks the model: the model's own sentence, with KMS's order of the algorithms. */
export function invalidInput(message: string, violations: readonly Violation[]): AwsError {
  const onlyMac = violations.length === 1 && violations[0]?.path === 'macAlgorithm'
  return invalid(onlyMac ? message.replace(/\[HMAC[^\]]*\]/, macAlgorithms) : message)
}

const hiddenReason =
  'because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access'

/**
 * A refusal. Whoever asks from another account is not told whether the key is there.
 * Source: AWS re:Post, "Why do I get an AccessDenied error when using a KMS key of another account"; users' reports.
 */
export function accessDenied(message: string, request: AuthorizationRequest): AwsError {
  const { principal, resourceAccountId } = request
  const own = 'accountId' in principal ? principal.accountId : undefined
  const isForeign = resourceAccountId !== undefined && own !== resourceAccountId
  const byResource = / because no resource-based policy | in a resource-based policy/.test(message)
  if (!isForeign || !byResource || own === undefined) {
    return awsError(AccessDeniedException, message)
  }
  const [head] = message.split(/ because no | with an explicit deny /)
  return awsError(AccessDeniedException, `${head} ${hiddenReason}`)
}

/** The key of a ciphertext is not there. */
export function ciphertextKeyDenied(): AwsError {
  return awsError(
    AccessDeniedException,
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  )
}

/** An operation that nobody may call on a key of another account, whatever policies say. */
export function foreignKeyDenied(caller: string, action: string, arn: string): AwsError {
  return awsError(
    AccessDeniedException,
    `User: ${caller} is not authorized to perform: ${action} on resource: ${arn} ${hiddenReason}`,
  )
}

/** Recorded: kms, DescribeKey. */
export function keyNotFound(arn: string): AwsError {
  return notFound(`Key '${arn}' does not exist`)
}

/** Recorded: kms, DescribeKey. */
export function invalidKeyId(keyId: string): AwsError {
  return notFound(`Invalid keyId '${keyId}'`)
}

/** Recorded: kms, DescribeKey: of an ARN of another Region AWS names the Region alone. */
export function invalidArn(what: string): AwsError {
  return notFound(`Invalid arn ${what}`)
}

/** Source: users' reports of `Alias arn:... is not found.` */
export function aliasNotFound(arn: string): AwsError {
  return notFound(`Alias ${arn} is not found.`)
}

function notFound(message: string): AwsError {
  return awsError(model.NotFoundException, message)
}

/** Recorded: kms, RotateKeyOnDemand. */
export function disabled(arn: string): AwsError {
  return awsError(model.DisabledException, `${arn} is disabled.`)
}

/** Recorded: s3, PutObject with a key that waits for its deletion. */
export function pendingDeletion(arn: string): AwsError {
  return awsError(model.KMSInvalidStateException, `${arn} is pending deletion.`)
}

export function notPendingDeletion(arn: string): AwsError {
  return awsError(model.KMSInvalidStateException, `${arn} is not pending deletion.`)
}

/** Recorded: kms, GenerateMac, Encrypt and others. */
export function wrongUsage(arn: string, usage: string, operation: string): AwsError {
  return awsError(
    model.InvalidKeyUsageException,
    `${arn} key usage is ${usage} which is not valid for ${operation}.`,
  )
}

/** Recorded: kms, VerifyMac. */
export function incompatibleAlgorithm(algorithm: string, spec: string): AwsError {
  return awsError(
    model.InvalidKeyUsageException,
    `Algorithm ${algorithm} is incompatible with key spec ${spec}.`,
  )
}

/** Recorded: kms, Decrypt and ReEncrypt. */
export function incorrectKey(): AwsError {
  return awsError(
    model.IncorrectKeyException,
    'The key ID in the request does not identify a CMK that can perform this operation.',
  )
}

/** Recorded: kms, Decrypt: the code says all. */
export function invalidCiphertext(): AwsError {
  return awsError(model.InvalidCiphertextException, '')
}

export function invalidMac(): AwsError {
  return awsError(model.KMSInvalidMacException, '')
}

/** Recorded: kms, GenerateRandom. */
export function numberOfBytesRequired(): AwsError {
  return invalid('NumberOfBytes is required.')
}

export function dataKeySizeRequired(): AwsError {
  return invalid('Please specify either number of bytes or key spec.')
}

export function dryRun(): AwsError {
  return awsError(
    model.DryRunOperationException,
    'The request would have succeeded, but the DryRun option is set.',
  )
}

/** Recorded: kms, CreateAlias. */
export function aliasPrefix(): AwsError {
  return invalid(
    'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
  )
}

export function aliasReserved(): AwsError {
  return awsError(
    model.NotFoundException,
    'Aliases with the prefix "alias/aws/" are reserved for AWS managed keys.',
  )
}

/** Source: users' reports (`An alias with the name arn:... already exists`). */
export function aliasExists(arn: string): AwsError {
  return awsError(model.AlreadyExistsException, `An alias with the name ${arn} already exists`)
}

export function invalidAliasName(message: string): AwsError {
  return awsError(model.InvalidAliasNameException, message)
}

export function aliasOfOtherKind(): AwsError {
  return invalid('The current and new key must be the same type and have the same key usage.')
}

/** Recorded: kms, CreateKey with an HMAC spec. */
export function usageRequired(): AwsError {
  return invalid(
    'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
  )
}

/** Recorded: kms, CreateKey (KEY_AGREEMENT with RSA_2048). */
export function incompatibleUsage(usage: string, spec: string): AwsError {
  return invalid(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`)
}

export function limitExceeded(message: string): AwsError {
  return awsError(model.LimitExceededException, message)
}

/** Source: users' reports; AWS's words after `MalformedPolicyDocumentException`. */
export function malformedPolicy(message: string): AwsError {
  return awsError(model.MalformedPolicyDocumentException, message)
}

export function policyLocksOut(): AwsError {
  return malformedPolicy(
    'The new key policy will not allow you to update the key policy in the future.',
  )
}

export function invalidPrincipals(): AwsError {
  return malformedPolicy('Policy contains a statement with one or more invalid principals.')
}

export function noSuchPolicy(): AwsError {
  return awsError(model.NotFoundException, 'No such policy exists')
}

export function invalidMarker(): AwsError {
  return awsError(model.InvalidMarkerException, 'Could not deserialize marker')
}

/** Recorded: kms, TagResource. */
export function duplicateTags(): AwsError {
  return tagError('Duplicate tag keys')
}

/** Recorded: kms, CreateKey. */
export function reservedTag(): AwsError {
  return tagError('Tags beginning with aws: are reserved')
}

export function tooManyTags(): AwsError {
  return awsError(model.LimitExceededException, 'Too many tags')
}

function tagError(message: string): AwsError {
  return awsError(model.TagException, message)
}

/** Source: users' reports (`ARN does not refer to a valid principal`). */
export function invalidPrincipal(arn: string): AwsError {
  return awsError(model.InvalidArnException, `ARN does not refer to a valid principal: ${arn}`)
}

export function grantNotFound(grantId: string): AwsError {
  return awsError(model.NotFoundException, `Grant ID ${grantId} not found`)
}

export function invalidGrantToken(): AwsError {
  return awsError(model.InvalidGrantTokenException, 'Invalid grant token')
}

export function grantWiderThanItsGrant(): AwsError {
  return awsError(
    AccessDeniedException,
    'The operations and constraints of a grant that is made by the permission of another grant must be within those of that grant.',
  )
}

export function rotationUnsupported(arn: string, spec: string): AwsError {
  return awsError(
    model.UnsupportedOperationException,
    `${arn} key spec is ${spec} which is not valid for this operation.`,
  )
}

export function rotationUnderWay(): AwsError {
  return awsError(
    model.ConflictException,
    'A rotation of this key is in progress or scheduled to begin within the next 20 minutes.',
  )
}

/** Recorded: kms, GetParametersForImport and RotateKeyOnDemand. */
export function originUnfit(arn: string, origin: string): AwsError {
  return awsError(
    model.UnsupportedOperationException,
    `${arn} origin is ${origin} which is not valid for this operation.`,
  )
}

/** The words are ours. Source: CloudFormation reference, AWS::KMS::Key: such an update fails. */
export function unchangeable(property: string): AwsError {
  return invalid(`You cannot change the ${property} property of an existing KMS key.`)
}
