import { AwsError } from '@cloud-orrery/models'
import { NotFoundException } from '@cloud-orrery/models/apigatewayv2'

/** What a call gives; undefined where what it names is gone already. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && error.code === NotFoundException.code) return undefined
    throw error
  }
}
