import { type AwsError, awsError, commonError, type Violation } from '@cloud-orrery/models'
import type { AttributeValue } from '@cloud-orrery/models/dynamodb'
import * as model from '@cloud-orrery/models/dynamodb'

/*
 * Words that are not recorded are those of AWS's documentation, of its answers quoted in issues, and of the facts
 * that the test suite of dynalite lists, which was run against DynamoDB itself.
 */

const Validation = commonError('ValidationException', 400)

export function invalid(message: string): AwsError {
  return awsError(Validation, message)
}

/** Most words of refusals begin so. */
export function invalidValues(reason: string): AwsError {
  return invalid(`One or more parameter values were invalid: ${reason}`)
}

export function accessDenied(message: string): AwsError {
  return awsError(commonError('AccessDeniedException', 400), message)
}

/** KMS had too many calls. That DynamoDB passes this on so is our guess: its documentation says nothing of it. */
export function kmsThrottled(message: string): AwsError {
  return awsError(model.ThrottlingException, message)
}

/** Another service failed. */
export function serviceFailure(message: string): AwsError {
  return awsError(model.InternalServerError, message)
}

/** Of operations on tables, whose names are judged in words of their own. */
const tableName = /^(tableName|globalTableName|resourceArn)$/

export function invalidInput(message: string, violations: readonly Violation[]): AwsError {
  const [first] = violations
  if (first !== undefined && first.kind === 'required' && tableName.test(first.path)) {
    const name = first.path.charAt(0).toUpperCase() + first.path.slice(1)
    return invalid(`The parameter '${name}' is required but was not present in the request`)
  }
  return invalid(message)
}

/** Recorded: dynamodb, TransactWriteItems. Of operations on items. */
export function tableNotFound(): AwsError {
  return awsError(model.ResourceNotFoundException, 'Requested resource not found')
}

/** Of operations on tables. */
export function namedTableNotFound(name: string): AwsError {
  return awsError(
    model.ResourceNotFoundException,
    `Requested resource not found: Table: ${name} not found`,
  )
}

/** Of operations that name a resource by its ARN. */
export function arnNotFound(arn: string): AwsError {
  return awsError(
    model.ResourceNotFoundException,
    `Requested resource not found: ResourcArn: ${arn} not found`,
  )
}

export function policyNotFound(arn: string): AwsError {
  return awsError(
    model.PolicyNotFoundException,
    `Resource-based policy not found for the provided ResourceArn: ${arn}`,
  )
}

/** Recorded: dynamodb, CreateTable. */
export function tableExists(name: string): AwsError {
  return awsError(model.ResourceInUseException, `Table already exists: ${name}`)
}

export function tableInUse(name: string, doing: 'created' | 'updated' | 'deleted'): AwsError {
  return awsError(
    model.ResourceInUseException,
    `Attempt to change a resource which is still in use: Table is being ${doing}: ${name}`,
  )
}

export function indexInUse(name: string, index: string, doing: string): AwsError {
  return awsError(
    model.ResourceInUseException,
    `Attempt to change a resource which is still in use: Index is being ${doing}. IndexName: ${index}, TableName: ${name}`,
  )
}

export function limitExceeded(message: string): AwsError {
  return awsError(model.LimitExceededException, message)
}

export function conditionFailed(
  item?: Readonly<Record<string, AttributeValue>> | undefined,
): AwsError {
  return awsError(
    model.ConditionalCheckFailedException,
    'The conditional request failed',
    item === undefined ? {} : { fields: { Item: item } },
  )
}

export function transactionCanceled(reasons: readonly model.CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ')
  return awsError(
    model.TransactionCanceledException,
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { fields: { CancellationReasons: reasons } },
  )
}

export function transactionConflict(): AwsError {
  return awsError(model.TransactionConflictException, 'Transaction is ongoing for the item')
}

export function tokenMismatch(): AwsError {
  return awsError(
    model.IdempotentParameterMismatchException,
    'The provided client token was already used with different request parameters',
  )
}

export const throughputWords =
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.'

export function throughputExceeded(reason: model.ThrottlingReason): AwsError {
  return awsError(model.ProvisionedThroughputExceededException, throughputWords, {
    fields: { ThrottlingReasons: [reason] },
  })
}
