import { type AwsError, awsError, commonError, type Violation } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/ses'
import type { MailWords } from '../shared/mail/words.ts'

/** The code that version 1 has for nearly all that is wrong with a value. Recorded: ses, SendEmail, invalid tags. */
export function invalidValue(message: string): AwsError {
  return awsError(commonError('InvalidParameterValue', 400), message)
}

export function accessDenied(message: string): AwsError {
  return awsError(commonError('AccessDenied', 403), message)
}

/** Undefined: a type of notification is judged by the operation, in words of its own. */
export function invalidInput(
  message: string,
  violations: readonly Violation[],
): AwsError | undefined {
  const isType = violations.every(
    ({ path, kind }) => path === 'notificationType' && kind === 'enum',
  )
  return isType ? undefined : awsError(commonError('ValidationError', 400), message)
}

export function trackingOptionsExist(set: string): AwsError {
  return awsError(
    model.TrackingOptionsAlreadyExistsException,
    `Configuration set <${set}> already has tracking options.`,
  )
}

export function trackingOptionsMissing(set: string): AwsError {
  return awsError(
    model.TrackingOptionsDoesNotExistException,
    `Configuration set <${set}> has no tracking options.`,
  )
}

/** Recorded: ses, SetIdentityHeadersInNotificationsEnabled, unknown identity. */
export function identityNotVerified(name: string): AwsError {
  return awsError(model.MessageRejected, `Identity ${name} is not verified or does not exist.`)
}

function throttling(message: string): AwsError {
  return awsError(commonError('Throttling', 400), message)
}

/** What both versions refuse, in version 1's codes. Recorded: ses, configuration sets and event destinations. */
export const words: MailWords = {
  invalid: invalidValue,
  messageRejected: (message) => awsError(model.MessageRejected, message),
  rateExceeded: () => throttling('Maximum sending rate exceeded.'),
  dailyQuotaExceeded: () => throttling('Daily message quota exceeded.'),
  accountPaused: () =>
    awsError(
      model.AccountSendingPausedException,
      'Email sending has been paused for your account.',
    ),
  configurationSetPaused: (name) =>
    awsError(
      model.ConfigurationSetSendingPausedException,
      `Email sending is paused for configuration set <${name}>.`,
      { fields: { ConfigurationSetName: name } },
    ),
  configurationSetNotFound: (name) =>
    awsError(
      model.ConfigurationSetDoesNotExistException,
      `Configuration set <${name}> does not exist.`,
    ),
  configurationSetExists: (name) =>
    awsError(
      model.ConfigurationSetAlreadyExistsException,
      `Configuration set <${name}> already exists.`,
    ),
  destinationNotFound: (set, name) =>
    awsError(
      model.EventDestinationDoesNotExistException,
      `Event destination <${name}> does not exist in configuration set <${set}>.`,
    ),
  destinationExists: (set, name) =>
    awsError(
      model.EventDestinationAlreadyExistsException,
      `Event destination <${name}> already exists in configuration set <${set}>.`,
    ),
  invalidDestination: (kind, _set, _name, message) =>
    awsError(
      kind === 'sns'
        ? model.InvalidSNSDestinationException
        : model.InvalidCloudWatchDestinationException,
      message,
    ),
  templateNotFound: (name) =>
    awsError(model.TemplateDoesNotExistException, `Template ${name} does not exist.`),
  templateExists: (name) =>
    awsError(model.AlreadyExistsException, `Template ${name} already exists for this account.`),
  invalidTemplate: (_name, message) => awsError(model.InvalidTemplateException, message),
  missingAttribute: (_template, message) =>
    awsError(model.MissingRenderingAttributeException, message),
  invalidRenderingData: (_template, message) =>
    awsError(model.InvalidRenderingParameterException, message),
  mailFromNotVerified: (message) => awsError(model.MailFromDomainNotVerifiedException, message),
  limitExceeded: (message) => awsError(model.LimitExceededException, message),
  customTemplateNotFound: (name) =>
    awsError(
      model.CustomVerificationEmailTemplateDoesNotExistException,
      `Custom verification email template ${name} does not exist.`,
    ),
  customTemplateExists: (name) =>
    awsError(
      model.CustomVerificationEmailTemplateAlreadyExistsException,
      `Custom verification email template ${name} already exists.`,
    ),
  customTemplateInvalid: (message) =>
    awsError(model.CustomVerificationEmailInvalidContentException, message),
  fromNotVerified: (address) =>
    awsError(
      model.FromEmailAddressNotVerifiedException,
      `From email address ${address} is not verified.`,
    ),
  productionOnly: (message) => awsError(model.ProductionAccessNotGrantedException, message),
  invalidPolicy: (message) => awsError(model.InvalidPolicyException, message),
}
