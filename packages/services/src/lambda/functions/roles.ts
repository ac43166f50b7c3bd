import { AwsError } from '@cloud-orrery/models'
import { AssumeRole } from '@cloud-orrery/models/sts'
import type { Context } from '../../context.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { crossAccountRole, roleNotAssumable, serviceFailure } from '../errors.ts'
import { lambdaPrincipal } from '../limits.ts'

/** Whoever gives a function its role must be allowed to pass it. */
export function authorizeRole(ctx: Context, roleArn: string, functionArn: string): void {
  if (roleArn.split(':')[4] !== ctx.accountId) throw crossAccountRole()
  ctx.authorize('iam:PassRole', roleArn, {
    context: {
      'iam:PassedToService': lambdaPrincipal,
      'iam:AssociatedResourceArn': functionArn,
    },
  })
}

/** Lambda tries the role at once: it must be there, and trust Lambda. */
export async function checkRole(
  ctx: Context,
  roleArn: string,
  functionName: string,
): Promise<void> {
  try {
    const input = {
      RoleArn: roleArn,
      RoleSessionName: sessionName(functionName),
      DurationSeconds: 900,
    }
    await ctx.call(AssumeRole, input, { as: lambdaPrincipal })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw isTransient(error) ? serviceFailure(`STS: ${error.message}`) : roleNotAssumable()
  }
}

/** STS wants two characters at least. Recorded: lambda, `test_assume_role`. */
export function sessionName(functionName: string): string {
  return functionName.length < 2 ? `${functionName}@lambda_function` : functionName
}
