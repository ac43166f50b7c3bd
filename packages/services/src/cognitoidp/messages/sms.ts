import { AwsError, operationDescriptor } from '@cloud-orrery/models'
import { AssumeRole } from '@cloud-orrery/models/sts'
import type { Context } from '../../context.ts'
import { internalOperation } from '../../define.ts'
import { sessions } from '../../shared/identity/state.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { codeNotDelivered, smsRoleRefused, smsRoleUntrusted } from '../errors.ts'
import type { Pool } from '../pools/state.ts'

interface Text {
  readonly phoneNumber: string
  readonly message: string
}

const SendText = operationDescriptor<Text, Record<string, never>>('cognitoidp', 'SendText')

/** IAM judges whether the pool's role may publish; the journal keeps the text, which no network carries. */
export const sendText = internalOperation(SendText, {
  authorize: () => ({ action: 'sns:Publish', resource: '*' }),
  provenance: 'simplified',
  run(ctx, { phoneNumber, message }) {
    ctx.record('sms', phoneNumber, { to: phoneNumber, message })
    return {}
  },
})

/**
 * Sends a text message with the pool's role. Throws CodeDeliveryFailureException, InvalidSmsRole…Exception.
 * Deviation: SNS's text messages are not modelled; the message is an entry `sms` of the journal.
 */
export async function sendSms(ctx: Context, pool: Pool, text: Text): Promise<void> {
  const { SnsCallerArn, ExternalId } = pool.smsConfiguration ?? {}
  if (SnsCallerArn === undefined) {
    throw codeNotDelivered('The user pool has no SMS configuration.')
  }
  const caller = await roleSession(ctx, pool, SnsCallerArn, ExternalId)
  try {
    await ctx.call(SendText, text, { as: { caller, direct: true } })
  } catch (error) {
    throw refusalOf(error, smsRoleRefused)
  }
}

async function roleSession(ctx: Context, pool: Pool, RoleArn: string, ExternalId?: string) {
  try {
    const { Credentials } = await ctx.call(
      AssumeRole,
      {
        RoleArn,
        RoleSessionName: 'CognitoSMS',
        DurationSeconds: 900,
        ...(ExternalId === undefined ? {} : { ExternalId }),
      },
      { as: 'cognito-idp.amazonaws.com', sourceArn: pool.arn },
    )
    const session = sessions.get(ctx, Credentials?.AccessKeyId ?? '')
    if (session === undefined) throw smsRoleUntrusted()
    return { ...session.caller, invokedBy: 'cognito-idp.amazonaws.com' }
  } catch (error) {
    throw refusalOf(error, smsRoleUntrusted)
  }
}

/** A service that fails or is busy says nothing of the role: the code was not delivered, and that is all. */
function refusalOf(error: unknown, ofRole: () => AwsError): unknown {
  if (!(error instanceof AwsError)) return error
  return isTransient(error) ? codeNotDelivered(error.message) : ofRole()
}
