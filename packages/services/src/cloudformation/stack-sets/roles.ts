import { invariant } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { AssumeRole } from '@cloud-orrery/models/sts'
import type { CallAs, Caller, Context } from '../../context.ts'
import { sessions } from '../../shared/identity/state.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { validationError } from '../errors.ts'
import type { StackSet } from './state.ts'

const service = 'cloudformation.amazonaws.com'

/**
 * Who works in an account: its execution role, assumed by the administration role, assumed by CloudFormation, all
 * of it judged by STS. Throws ValidationError in the words of an operation's result; where STS fails or is busy, the
 * result has STS's words.
 */
export async function executionCaller(
  ctx: Context,
  set: StackSet,
  account: string,
): Promise<Caller> {
  const sessionName = ctx.ids.uuid()
  const administration = await administrationCaller(ctx, set, sessionName)
  const role = `arn:${ctx.partition}:iam::${account}:role/${set.executionRoleName}`
  try {
    return await assumed(ctx, role, sessionName, { caller: administration })
  } catch (error) {
    if (!(error instanceof AwsError) || isTransient(error)) throw error
    throw validationError(
      `Account ${account} should have '${set.executionRoleName}' role with trust relationship to Role '${nameOf(set.administrationRoleArn)}'.`,
    )
  }
}

async function administrationCaller(
  ctx: Context,
  { administrationRoleArn, arn }: StackSet,
  sessionName: string,
): Promise<Caller> {
  try {
    return await assumed(ctx, administrationRoleArn, sessionName, service, arn)
  } catch (error) {
    if (!(error instanceof AwsError) || isTransient(error)) throw error
    throw validationError(
      `Account ${ctx.accountId} should have '${nameOf(administrationRoleArn)}' role with trust relationship to CloudFormation service.`,
    )
  }
}

/** A session of a role. `sourceArn`: the stack set, for trust policies that name it. */
async function assumed(
  ctx: Context,
  RoleArn: string,
  RoleSessionName: string,
  as: CallAs,
  sourceArn?: string,
): Promise<Caller> {
  const { Credentials } = await ctx.call(
    AssumeRole,
    { RoleArn, RoleSessionName },
    { as, ...(sourceArn === undefined ? {} : { sourceArn }) },
  )
  const session = sessions.get(ctx, Credentials?.AccessKeyId ?? '')
  invariant(session !== undefined, 'STS gave a session that it does not keep')
  return session.caller
}

function nameOf(roleArn: string): string {
  return roleArn.slice(roleArn.lastIndexOf('/') + 1)
}
