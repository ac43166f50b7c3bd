import { AwsError } from '@cloud-orrery/models'
import { NotFoundException } from '@cloud-orrery/models/sesv2'

/** The answer of a call, or undefined where what it names is not there any more. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && error.code === NotFoundException.code) return undefined
    throw error
  }
}
