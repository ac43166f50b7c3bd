import { type AwsError, awsError } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/cognitoidp'

// Words are those that AWS's own answers have in its documentation, its client libraries and public reports; the README
// lists those that are ours.

export const invalidParameter = (message: string): AwsError =>
  awsError(model.InvalidParameterException, message)

export const notAuthorized = (message: string): AwsError =>
  awsError(model.NotAuthorizedException, message)

export const resourceNotFound = (message: string): AwsError =>
  awsError(model.ResourceNotFoundException, message)

export const limitExceeded = (message: string): AwsError =>
  awsError(model.LimitExceededException, message)

export const poolNotFound = (id: string): AwsError =>
  resourceNotFound(`User pool ${id} does not exist.`)

export const clientNotFound = (id: string): AwsError =>
  resourceNotFound(`User pool client ${id} does not exist.`)

export const groupNotFound = (): AwsError => resourceNotFound('Group not found.')

export const groupExists = (): AwsError =>
  awsError(model.GroupExistsException, 'A group with the name already exists.')

export const userNotFound = (): AwsError =>
  awsError(model.UserNotFoundException, 'User does not exist.')

export const wrongCredentials = (): AwsError => notAuthorized('Incorrect username or password.')

export const attemptsExceeded = (): AwsError => notAuthorized('Password attempts exceeded')

export const userDisabled = (): AwsError => notAuthorized('User is disabled.')

export const userNotConfirmed = (): AwsError =>
  awsError(model.UserNotConfirmedException, 'User is not confirmed.')

export const passwordResetRequired = (): AwsError =>
  awsError(model.PasswordResetRequiredException, 'Password reset required for the user')

export const usernameExists = (message: string): AwsError =>
  awsError(model.UsernameExistsException, message)

export const aliasExists = (name: string): AwsError =>
  awsError(model.AliasExistsException, `An account with the ${name} already exists.`)

export const invalidPassword = (message: string): AwsError =>
  awsError(model.InvalidPasswordException, message)

export const passwordInHistory = (): AwsError =>
  awsError(
    model.PasswordHistoryPolicyViolationException,
    'Password has previously been used. Choose a different password.',
  )

export const codeMismatch = (
  message = 'Invalid verification code provided, please try again.',
): AwsError => awsError(model.CodeMismatchException, message)

export const codeExpired = (
  message = 'Invalid code provided, please request a code again.',
): AwsError => awsError(model.ExpiredCodeException, message)

export const attemptLimit = (): AwsError =>
  limitExceeded('Attempt limit exceeded, please try after some time.')

export const softwareTokenMismatch = (): AwsError =>
  awsError(model.EnableSoftwareTokenMFAException, 'Code mismatch')

export const softwareTokenNotFound = (): AwsError =>
  awsError(
    model.SoftwareTokenMFANotFoundException,
    'Software token MFA has not been enabled by the userPool',
  )

export const lambdaUnexpected = (message: string): AwsError =>
  awsError(model.UnexpectedLambdaException, message)

export const lambdaRefused = (message: string): AwsError =>
  awsError(model.UserLambdaValidationException, message)

export const lambdaUnreadable = (message = 'Unrecognizable lambda output'): AwsError =>
  awsError(model.InvalidLambdaResponseException, message)

export const poolMisconfigured = (message: string): AwsError =>
  awsError(model.InvalidUserPoolConfigurationException, message)

export const smsRoleRefused = (): AwsError =>
  awsError(
    model.InvalidSmsRoleAccessPolicyException,
    'Role does not have permission to publish with SNS',
  )

export const smsRoleUntrusted = (): AwsError =>
  awsError(
    model.InvalidSmsRoleTrustRelationshipException,
    'Role does not have a trust relationship allowing Cognito to assume the role',
  )

export const codeNotDelivered = (message: string): AwsError =>
  awsError(model.CodeDeliveryFailureException, message)

export const tierLacks = (message: string): AwsError =>
  awsError(model.FeatureUnavailableInTierException, message)

export const unsupportedUserState = (message: string): AwsError =>
  awsError(model.UnsupportedUserStateException, message)

export const refreshTokenReused = (): AwsError =>
  awsError(model.RefreshTokenReuseException, 'Refresh token has been invalidated by rotation')

export const unsupportedTokenType = (): AwsError =>
  awsError(model.UnsupportedTokenTypeException, 'Unsupported token type')

export const tokenUnauthorized = (message: string): AwsError =>
  awsError(model.UnauthorizedException, message)

export const revocationDisabled = (): AwsError =>
  awsError(model.UnsupportedOperationException, 'Token revocation is not enabled for this client')

export const duplicateProvider = (name: string): AwsError =>
  awsError(
    model.DuplicateProviderException,
    `A provider with the name ${name} already exists in the user pool`,
  )

export const scopeMissing = (names: readonly string[]): AwsError =>
  awsError(model.ScopeDoesNotExistException, `Invalid scope requested: ${names.join(', ')}`)

export const invalidOAuthFlow = (message: string): AwsError =>
  awsError(model.InvalidOAuthFlowException, message)

export const deviceMissing = (): AwsError => resourceNotFound('Device does not exist.')

export const deviceExists = (): AwsError =>
  invalidParameter('Device key already exists for the user')
