import { type AwsError, awsError, commonError } from '@cloud-orrery/models'

const ValidationException = commonError('ValidationException', 400)

/** What DynamoDB answers to every request that it does not understand or take. */
export function validationException(message: string): AwsError {
  return awsError(ValidationException, message)
}

/** What is wrong with a value, before the place it stands in is known. */
export class ValueProblem extends Error {
  override readonly name = 'ValueProblem'
}

const invalid = 'One or more parameter values were invalid: '

export const problems = {
  empty: () =>
    new ValueProblem(
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ),
  severalTypes: () =>
    new ValueProblem(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ),
  emptyStringSet: () => new ValueProblem(`${invalid}An string set  may not be empty`),
  emptyNumberSet: () => new ValueProblem(`${invalid}An number set  may not be empty`),
  emptyBinarySet: () => new ValueProblem(`${invalid}Binary sets should not be empty`),
  duplicateStrings: (shown: string) =>
    new ValueProblem(`${invalid}Input collection ${shown} contains duplicates.`),
  duplicateNumbers: () => new ValueProblem('Input collection contains duplicates'),
  duplicateBinaries: (shown: string) =>
    new ValueProblem(`${invalid}Input collection ${shown}of type BS contains duplicates.`),
  nullIsFalse: () =>
    new ValueProblem(`${invalid}Null attribute value types must have the value of true`),
  emptyNumber: () => new ValueProblem('The parameter cannot be converted to a numeric value'),
  notANumber: (text: string) =>
    new ValueProblem(`The parameter cannot be converted to a numeric value: ${text}`),
  overflow: () =>
    new ValueProblem(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    ),
  underflow: () =>
    new ValueProblem(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    ),
  tooManyDigits: () =>
    new ValueProblem('Attempting to store more than 38 significant digits in a Number'),
  tooDeep: () => new ValueProblem('Nesting Levels have exceeded supported limits'),
}
