import { AwsError } from '@cloud-orrery/models'
import { ResourceNotFoundException, UserNotFoundException } from '@cloud-orrery/models/cognitoidp'

/** Undefined where the resource, or the pool that it was in, is not there any more. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    const isGone =
      error instanceof AwsError &&
      (error.code === ResourceNotFoundException.code || error.code === UserNotFoundException.code)
    if (isGone) return undefined
    throw error
  }
}
