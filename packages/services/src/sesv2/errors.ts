import { type AwsError, awsError, commonError, type Violation } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/sesv2'
import type { MailWords } from '../shared/mail/words.ts'

export function badRequest(message: string): AwsError {
  return awsError(model.BadRequestException, message)
}

export function notFound(message: string): AwsError {
  return awsError(model.NotFoundException, message)
}

export function alreadyExists(message: string): AwsError {
  return awsError(model.AlreadyExistsException, message)
}

export function limitExceeded(message: string): AwsError {
  return awsError(model.LimitExceededException, message)
}

export function conflict(message: string): AwsError {
  return awsError(model.ConflictException, message)
}

export function invalidNextToken(): AwsError {
  return awsError(model.InvalidNextTokenException, 'The specified token is not valid.')
}

export function identityNotFound(name: string): AwsError {
  return notFound(`Email identity ${name} does not exist.`)
}

/** The model's constraints: version 2 has the code BadRequestException for them. */
export function invalidInput(message: string, _violations: readonly Violation[]): AwsError {
  return badRequest(message)
}

/** Sending has words of its own. Source: SES Developer Guide, "Email sending errors". */
export function accessDenied(message: string): AwsError {
  return awsError(commonError('AccessDeniedException', 403), message)
}

/** What both versions refuse, in version 2's codes. */
export const words: MailWords = {
  invalid: badRequest,
  messageRejected: (message) => awsError(model.MessageRejected, message),
  rateExceeded: () => awsError(model.TooManyRequestsException, 'Maximum sending rate exceeded.'),
  dailyQuotaExceeded: () => limitExceeded('Daily message quota exceeded.'),
  accountPaused: () =>
    awsError(model.SendingPausedException, 'Email sending is paused for this account.'),
  configurationSetPaused: (name) =>
    awsError(
      model.SendingPausedException,
      `Email sending is paused for configuration set <${name}>.`,
    ),
  configurationSetNotFound: (name) => notFound(`Configuration set <${name}> does not exist.`),
  configurationSetExists: (name) => alreadyExists(`Configuration set <${name}> already exists.`),
  destinationNotFound: (set, name) =>
    notFound(`Event destination <${name}> does not exist in configuration set <${set}>.`),
  destinationExists: (set, name) =>
    alreadyExists(`An event destination <${name}> already exists in configuration set <${set}>.`),
  invalidDestination: (_kind, _set, _name, message) => badRequest(message),
  templateNotFound: (name) => notFound(`Template ${name} does not exist.`),
  templateExists: (name) => alreadyExists(`Template ${name} already exists.`),
  invalidTemplate: (_name, message) => badRequest(message),
  missingAttribute: (_template, message) => badRequest(message),
  invalidRenderingData: (_template, message) => badRequest(message),
  mailFromNotVerified: (message) => awsError(model.MailFromDomainNotVerifiedException, message),
  limitExceeded,
  customTemplateNotFound: (name) =>
    notFound(`Custom verification email template ${name} does not exist.`),
  customTemplateExists: (name) =>
    alreadyExists(`Custom verification email template ${name} already exists.`),
  customTemplateInvalid: badRequest,
  fromNotVerified: (address) => badRequest(`From email address ${address} is not verified.`),
  productionOnly: badRequest,
  invalidPolicy: badRequest,
}
