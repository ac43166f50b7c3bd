import { AwsError } from '@cloud-orrery/models'
import { NoSuchEntityException } from '@cloud-orrery/models/iam'

/**
 * The answer of a call, or undefined where what it takes away is not there. A rollback takes back what an update
 * would have given, whether the update came that far or not.
 */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && error.code === NoSuchEntityException.code) return undefined
    throw error
  }
}
