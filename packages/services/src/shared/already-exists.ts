import { AwsError, awsError, commonError } from '@cloud-orrery/models'

/**
 * What a resource handler says of a name that is taken, where the service's own call would quietly give back what
 * is there. Source: CloudFormation CLI User Guide, "Resource type handler contract", create handlers.
 */
export function alreadyExists(name: string): AwsError {
  return awsError(commonError('AlreadyExists', 400), `${name} already exists`)
}

/**
 * Whether something is there that a call would answer about. Who may not look is told by what follows: users without
 * any rights report a refused creation, not a refused look.
 */
export async function isThere(
  call: Promise<unknown>,
  isGone: (error: AwsError) => boolean,
): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isGone(error) || /AccessDenied|AuthorizationError/.test(error.code)) return false
    throw error
  }
}
