import { AwsError } from '@cloud-orrery/models'
import { NotFoundException } from '@cloud-orrery/models/sns'

/** The answer of a call, or undefined where the topic or the subscription is not there any more. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && isGone(error)) return undefined
    throw error
  }
}

export function isGone(error: AwsError): boolean {
  return error.code === NotFoundException.code
}
