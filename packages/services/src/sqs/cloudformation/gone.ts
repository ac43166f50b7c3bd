import { AwsError } from '@cloud-orrery/models'
import { QueueDoesNotExist } from '@cloud-orrery/models/sqs'

/** The answer of a call, or undefined where the queue is not there any more. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && isGone(error)) return undefined
    throw error
  }
}

export function isGone(error: AwsError): boolean {
  return error.code === QueueDoesNotExist.code
}
