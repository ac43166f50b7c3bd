import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { CreateServiceLinkedRole } from '@cloud-orrery/models/iam'
import { SendEmail } from '@cloud-orrery/models/sesv2'
import type { Context } from '../../context.ts'
import { mailbox } from '../../shared/mailbox.ts'
import { notModelledCode } from '../../shared/not-modelled.ts'
import { codeNotDelivered, limitExceeded } from '../errors.ts'
import { defaultMailsPerDay } from '../limits.ts'
import { mailsOfDay, type Pool, type PoolSettings } from '../pools/state.ts'

export interface Mail {
  readonly to: string
  readonly subject: string
  /** May be HTML, as AWS sends it. */
  readonly body: string
}

const service = 'email.cognito-idp.amazonaws.com'
const roleName = 'AWSServiceRoleForAmazonCognitoIdpEmailService'

/** Sends by Cognito's own sender, or by SES in the name of the pool's identity. */
export async function sendMail(ctx: Context, pool: Pool, mail: Mail): Promise<void> {
  const { EmailSendingAccount, SourceArn, From, ReplyToEmailAddress, ConfigurationSet } =
    pool.settings.EmailConfiguration ?? {}
  if (EmailSendingAccount !== 'DEVELOPER' || SourceArn === undefined) {
    sendByCognito(ctx, mail)
    return
  }
  const [, , , region = ctx.region] = SourceArn.split(':')
  const address = SourceArn.slice(SourceArn.indexOf('/') + 1)
  const role = `arn:aws:iam::${ctx.accountId}:role/aws-service-role/${service}/${roleName}`
  try {
    await ctx.call(
      SendEmail,
      {
        FromEmailAddress: From ?? (address.includes('@') ? address : `no-reply@${address}`),
        FromEmailAddressIdentityArn: SourceArn,
        Destination: { ToAddresses: [mail.to] },
        ...(ReplyToEmailAddress === undefined ? {} : { ReplyToAddresses: [ReplyToEmailAddress] }),
        ...(ConfigurationSet === undefined ? {} : { ConfigurationSetName: ConfigurationSet }),
        Content: {
          Simple: { Subject: { Data: mail.subject }, Body: { Html: { Data: mail.body } } },
        },
      },
      { as: { role, service, sessionName: 'CognitoEmail' }, region },
    )
  } catch (error) {
    // Whatever kept SES from sending it, the code was not delivered; what is not modelled is told as such.
    if (error instanceof AwsError && error.code !== notModelledCode) {
      throw codeNotDelivered(error.message)
    }
    throw error
  }
}

function sendByCognito(ctx: Context, { to, subject, body }: Mail): void {
  const day = Math.floor(ctx.now() / 86_400_000)
  const sent = mailsOfDay.get(ctx, orderedKey(day))?.count ?? 0
  if (sent >= defaultMailsPerDay) {
    throw limitExceeded(
      'Exceeded daily email limit for the operation or the account. If a higher limit is required, please configure your user pool to use your own Amazon SES configuration for sending email.',
    )
  }
  mailsOfDay.put(ctx, { day, count: sent + 1 })
  mailbox.send(ctx, {
    from: { name: '', address: 'no-reply@verificationemail.com' },
    to: [to],
    subject,
    text: body.replace(/<a href="([^"]*)">(.*?)<\/a>/g, '$2 ($1)').replace(/<[^>]*>/g, ''),
    html: body,
  })
}

/** Who has the pool send by SES gives Cognito its linked role, and needs the permission to. */
export async function giveMailRole(
  ctx: Context,
  { EmailConfiguration }: Pick<PoolSettings, 'EmailConfiguration'>,
): Promise<void> {
  if (EmailConfiguration?.EmailSendingAccount !== 'DEVELOPER') return
  try {
    await ctx.call(CreateServiceLinkedRole, { AWSServiceName: service })
  } catch (error) {
    // It is there already.
    if (!(error instanceof AwsError) || error.code !== 'InvalidInput') throw error
  }
}
