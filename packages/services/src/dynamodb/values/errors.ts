import { AwsError, awsError, commonError } from '@cloud-orrery/models'

const ValidationException = commonError('ValidationException', 400)

/** What DynamoDB answers to every request that it does not understand or take. */
export function validationException(message: string): AwsError {
  return awsError(ValidationException, message)
}

const envelope = '1 validation error detected: '

/**
 * PutItem, UpdateItem and DeleteItem say it so, for all that they find wrong before they look at the table: values,
 * expressions, parameters. Observed on AWS in all regions but two, 2026-10.
 */
export function enveloped<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== ValidationException.code) throw error
    throw error.message.startsWith(envelope) ? error : validationException(envelope + error.message)
  }
}

/**
 * DynamoDB checks values in one of two ways, whose words differ. `older`: BatchWriteItem, TransactWriteItems,
 * TransactGetItems, Scan, and PartiQL's parameters. `current`: all others. Observed on AWS, 2026-10.
 */
export type ValueCheck = 'current' | 'older'

/** What is wrong with a value, before the place it stands in is known. */
export class ValueProblem extends Error {
  override readonly name = 'ValueProblem'
}

const invalid = 'One or more parameter values were invalid: '

const problem = (message: string): ValueProblem => new ValueProblem(message)

export const problems = {
  empty: () =>
    problem(
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ),
  severalTypes: () =>
    problem(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ),
  emptyStringSet: () => problem(`${invalid}An string set  may not be empty`),
  emptyNumberSet: () => problem(`${invalid}An number set  may not be empty`),
  emptyBinarySet: () => problem(`${invalid}Binary sets should not be empty`),
  duplicateStrings: (shown: string) =>
    problem(`${invalid}Input collection ${shown} contains duplicates.`),
  duplicateNumbers: (check: ValueCheck) =>
    problem(
      check === 'older'
        ? 'Input collection contains duplicates'
        : `${invalid}Input collection contains duplicates.`,
    ),
  duplicateBinaries: (shown: string) =>
    problem(`${invalid}Input collection ${shown}of type BS contains duplicates.`),
  notANumber: (text: string, check: ValueCheck) =>
    problem(
      `The parameter cannot be converted to a numeric value${check === 'older' && text === '' ? '' : `: ${text}`}`,
    ),
  overflow: () =>
    problem(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    ),
  underflow: () =>
    problem(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    ),
  tooManyDigits: () => problem('Attempting to store more than 38 significant digits in a Number'),
  tooDeep: () =>
    problem(
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    ),
}
