import { AwsError } from '@cloud-orrery/models'

const codes: ReadonlySet<string> = new Set([
  'ActivityDoesNotExist',
  'ResourceNotFound',
  'StateMachineDoesNotExist',
])

export function isGone(error: AwsError): boolean {
  return codes.has(error.code)
}

/** The answer of a call, or undefined where the resource is not there any more. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && isGone(error)) return undefined
    throw error
  }
}
