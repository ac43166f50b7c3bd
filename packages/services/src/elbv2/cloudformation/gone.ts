import { AwsError } from '@cloud-orrery/models'

/** The answer of a call, or undefined where what it asks for is not there any more. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && error.code.endsWith('NotFound')) return undefined
    throw error
  }
}
