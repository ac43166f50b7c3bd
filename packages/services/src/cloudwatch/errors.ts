import { type AwsError, awsError, commonError, type Violation } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/cloudwatch'

/** Recorded: cloudwatch, PutMetricData, GetMetricStatistics. */
export function invalidValue(message: string): AwsError {
  return awsError(model.InvalidParameterValueException, message)
}

/** Recorded: cloudwatch, PutMetricData, GetMetricStatistics. */
export function invalidCombination(message: string): AwsError {
  return awsError(model.InvalidParameterCombinationException, message)
}

/** Two parameters of which only one may be there. Recorded: cloudwatch, PutMetricData. */
export function mutuallyExclusive(first: string, second: string): AwsError {
  return invalidCombination(
    `The parameters ${first} and ${second} are mutually exclusive and you have specified both.`,
  )
}

export function missingParameter(message: string): AwsError {
  return awsError(model.MissingRequiredParameterException, message)
}

/** Recorded: cloudwatch, SetAlarmState: AWS says no word. */
export function alarmNotFound(): AwsError {
  return awsError(model.ResourceNotFound, '')
}

export function resourceNotFound(message: string): AwsError {
  return awsError(model.ResourceNotFoundException, message)
}

export function dashboardNotFound(name: string): AwsError {
  return awsError(model.DashboardNotFoundError, `Dashboard ${name} does not exist`)
}

export function dashboardInvalid(
  messages: readonly { readonly DataPath: string; readonly Message: string }[],
): AwsError {
  return awsError(
    model.DashboardInvalidInputError,
    `The dashboard body is invalid, there are ${messages.length} validation ${messages.length === 1 ? 'error' : 'errors'}: ` +
      messages.map(({ DataPath, Message }) => `${DataPath}: ${Message}`).join('; '),
    { fields: { dashboardValidationMessages: messages } },
  )
}

export function invalidNextToken(): AwsError {
  return awsError(model.InvalidNextToken, 'The value provided for NextToken is invalid.')
}

export function validationError(message: string): AwsError {
  return awsError(model.ValidationException, message)
}

/**
 * What breaks the model. What is missing is named as a form has it, each on a line of its own.
 * Recorded: cloudwatch, SetAlarmState. Source: users' reports of PutMetricData and GetMetricStatistics.
 */
export function invalidInput(message: string, violations: readonly Violation[]): AwsError {
  const missing = violations.filter(({ kind }) => kind === 'required')
  if (missing.length === 0) return validationError(message)
  const lines = missing.map(({ path }) => `The parameter ${formName(path)} is required.`)
  return missingParameter(lines.join('\n'))
}

/** `metricData.1.member.metricName` as `MetricData.member.1.MetricName`. */
function formName(path: string): string {
  return path
    .replace(/\.(\d+)\.member(?=\.|$)/g, '.member.$1')
    .split('.')
    .map((part) => (part === 'member' ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join('.')
}

/** Source: users' reports of PutMetricData: the code has no ending. */
export function accessDenied(message: string): AwsError {
  return awsError(commonError('AccessDenied', 403), message)
}
