import { type AwsError, awsError } from '@cloud-orrery/models'
import { DuplicateItemException } from '@cloud-orrery/models/dynamodb'
import { validationException } from '../values/errors.ts'

/** What a statement is refused with; `detail` is empty where AWS gives none. Observed on AWS, 2026-10. */
export function notWellFormed(detail: string): AwsError {
  return validationException(`Statement wasn't well formed, can't be processed: ${detail}`)
}

export const duplicateWords = 'Duplicate primary key exists in table'

export function duplicateItem(): AwsError {
  return awsError(DuplicateItemException, duplicateWords)
}

/** Of UPDATE and DELETE, which write one item. */
export function keyRequired(): AwsError {
  return validationException(
    'Where clause does not contain a mandatory equality on all key attributes',
  )
}

/** Of SELECT in a batch or transaction. */
export function selectKeyRequired(operation: string): AwsError {
  return validationException(
    `Select statements within ${operation} must specify the primary key in the where clause.`,
  )
}
