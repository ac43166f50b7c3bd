import { AwsError } from '@cloud-orrery/models'
import { AssumeRole } from '@cloud-orrery/models/sts'
import type { CallOptions, Context } from '../../context.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { unqualified } from '../arns.ts'
import { invalidArnPrefix, roleNotAssumable, serviceFailure } from '../errors.ts'

/** As whom Step Functions works. */
export const statesPrincipal = 'states.amazonaws.com'

/** Whoever gives a machine its role must be allowed to pass it. */
export function authorizePassRole(ctx: Context, roleArn: string, machineArn: string): void {
  ctx.authorize('iam:PassRole', roleArn, {
    context: {
      'iam:PassedToService': statesPrincipal,
      'iam:AssociatedResourceArn': machineArn,
    },
  })
}

/** A machine's role, assumed on behalf of the machine: `aws:SourceArn` of trust policies such as the CDK's. */
export function asRole(role: string, machineArn: string, sessionName?: string): CallOptions {
  const name = sessionName === undefined ? {} : { sessionName }
  return {
    as: { role, service: statesPrincipal, ...name },
    sourceArn: unqualified(machineArn),
  }
}

/** Step Functions tries the role at once: it must be there, and trust Step Functions. */
export async function checkRole(ctx: Context, roleArn: string, machineArn: string): Promise<void> {
  if (!/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(roleArn)) throw invalidArnPrefix(roleArn)
  const input = { RoleArn: roleArn, RoleSessionName: 'StepFunctions', DurationSeconds: 900 }
  try {
    await ctx.call(AssumeRole, input, { as: statesPrincipal, sourceArn: machineArn })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw isTransient(error) ? serviceFailure(`STS: ${error.message}`) : roleNotAssumable()
  }
}
