import type { Context } from '../../context.ts'
import { mailbox } from '../../shared/mailbox.ts'
import { topicAddress } from '../arns.ts'
import { envelope } from '../envelope.ts'
import { endpointFailed } from '../errors.ts'
import { type Message, topics } from '../state.ts'
import { subscribeUrl, unsubscribeUrl } from '../urls.ts'

interface MailDelivery {
  readonly subscriptionArn: string
  readonly protocol: string
  readonly endpoint: string
  readonly message: Message
}

const closing =
  'Please do not reply directly to this email. If you have any questions or comments regarding this email, please contact us at https://aws.amazon.com/support'

/** Sends a mail. The fault site `sns.email` stands for a mail server that is down. */
export function mailTo(ctx: Context, delivery: MailDelivery): void {
  if (ctx.struck('sns.email')) throw endpointFailed(503, 'The mail server is unavailable.')
  const { protocol, endpoint, message, subscriptionArn } = delivery
  const topic = topics.get(ctx, topicAddress(message.topicArn)?.name ?? '')
  const displayName = topic?.attributes['DisplayName'] ?? ''
  mailbox.send(ctx, {
    from: {
      name: displayName === '' ? 'AWS Notifications' : displayName,
      address: 'no-reply@sns.amazonaws.com',
    },
    to: [endpoint],
    subject: subjectOf(message),
    text: protocol === 'email-json' ? envelope(message, subscriptionArn) : textOf(delivery),
  })
}

function subjectOf({ type, subject }: Message): string {
  switch (type) {
    case 'Notification':
      return subject ?? 'AWS Notification Message'
    case 'SubscriptionConfirmation':
      return 'AWS Notification - Subscription Confirmation'
    case 'UnsubscribeConfirmation':
      return 'AWS Notification - Unsubscribe Confirmation'
  }
}

/**
 * AWS's wording. Deviation: AWS's links lead to pages (`confirmation.html`, `unsubscribe.html`) that make the
 * very calls to which these lead.
 */
function textOf({ message, subscriptionArn, endpoint }: MailDelivery): string {
  const { type, topicArn, token = '' } = message
  switch (type) {
    case 'Notification':
      return [
        message.body,
        '',
        '--',
        'If you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:',
        `${unsubscribeUrl(topicArn, subscriptionArn)}&Endpoint=${encodeURIComponent(endpoint)}`,
        '',
        closing,
      ].join('\n')
    case 'SubscriptionConfirmation':
      return [
        'You have chosen to subscribe to the topic:',
        topicArn,
        '',
        'To confirm this subscription, click or visit the link below (If this was in error no action is necessary):',
        `${subscribeUrl(topicArn, token)}&Endpoint=${encodeURIComponent(endpoint)}`,
        '',
        'Please do not reply directly to this email. If you wish to remove yourself from receiving all future SNS subscription confirmation requests please send an email to sns-opt-out',
      ].join('\n')
    case 'UnsubscribeConfirmation':
      return [
        'Your subscription to the topic listed below has been deactivated:',
        topicArn,
        '',
        'If this was in error or you wish to resubscribe, click or visit the link below:',
        `${subscribeUrl(topicArn, token)}&Endpoint=${encodeURIComponent(endpoint)}`,
        '',
        closing,
      ].join('\n')
  }
}
