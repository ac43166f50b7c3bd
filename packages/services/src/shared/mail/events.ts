import type { Context } from '../../context.ts'
import type { MailHeader } from './mime.ts'
import type { MailEventType } from './state.ts'

/** A sent message as the events about it tell of it. */
export interface MailFacts {
  readonly messageId: string
  readonly atMs: number
  readonly source: string
  readonly sourceArn?: string
  readonly accountId: string
  readonly destination: readonly string[]
  readonly headers: readonly MailHeader[]
  readonly headersTruncated: boolean
  readonly common: Readonly<Record<string, unknown>>
  readonly tags: Readonly<Record<string, readonly string[]>>
  /** Of the caller, for identity notifications. */
  readonly sourceIp?: string
  readonly callerIdentity?: string
}

export type EventDetail = Readonly<Record<string, unknown>>

interface EventNames {
  /** `eventType` of the event. */
  readonly type: string
  /** The member that has the details. */
  readonly member: string
  /** `detail-type` on EventBridge. Source: SES Developer Guide, "Monitoring using EventBridge". */
  readonly detailType: string
  /** The metric of AWS/SES, also in CloudWatch destinations. */
  readonly metric: string
}

export const eventNames: Readonly<Record<MailEventType, EventNames>> = {
  SEND: { type: 'Send', member: 'send', detailType: 'Email Sent', metric: 'Send' },
  REJECT: { type: 'Reject', member: 'reject', detailType: 'Email Rejected', metric: 'Reject' },
  BOUNCE: { type: 'Bounce', member: 'bounce', detailType: 'Email Bounced', metric: 'Bounce' },
  COMPLAINT: {
    type: 'Complaint',
    member: 'complaint',
    detailType: 'Email Complaint Received',
    metric: 'Complaint',
  },
  DELIVERY: {
    type: 'Delivery',
    member: 'delivery',
    detailType: 'Email Delivered',
    metric: 'Delivery',
  },
  OPEN: { type: 'Open', member: 'open', detailType: 'Email Opened', metric: 'Open' },
  CLICK: { type: 'Click', member: 'click', detailType: 'Email Clicked', metric: 'Click' },
  RENDERING_FAILURE: {
    type: 'Rendering Failure',
    member: 'failure',
    detailType: 'Email Rendering Failed',
    metric: 'RenderingFailure',
  },
  DELIVERY_DELAY: {
    type: 'DeliveryDelay',
    member: 'deliveryDelay',
    detailType: 'Email Delivery Delayed',
    metric: 'DeliveryDelay',
  },
  SUBSCRIPTION: {
    type: 'Subscription',
    member: 'subscription',
    detailType: 'Email Subscribed',
    metric: 'Subscription',
  },
}

/** Moments in events. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString()
}

/** An event as SES publishes it. Source: SES Developer Guide, "Contents of event data"; Recorded: ses, SNS topic integration. */
export function mailEvent(type: MailEventType, mail: MailFacts, detail: EventDetail): EventDetail {
  const names = eventNames[type]
  return {
    eventType: names.type,
    mail: mailMember(mail),
    [names.member]: detail,
  }
}

function mailMember(mail: MailFacts): EventDetail {
  return {
    timestamp: isoTime(mail.atMs),
    source: mail.source,
    ...(mail.sourceArn === undefined ? {} : { sourceArn: mail.sourceArn }),
    sendingAccountId: mail.accountId,
    messageId: mail.messageId,
    destination: mail.destination,
    headersTruncated: mail.headersTruncated,
    headers: mail.headers,
    commonHeaders: mail.common,
    tags: mail.tags,
  }
}

/** What an identity's own topic is told. Source: SES Developer Guide, "Contents of SNS notifications". */
export function feedbackNotification(
  type: 'BOUNCE' | 'COMPLAINT' | 'DELIVERY',
  mail: MailFacts,
  detail: EventDetail,
  withHeaders: boolean,
): EventDetail {
  const names = eventNames[type]
  return {
    notificationType: names.type,
    [names.member]: detail,
    mail: {
      timestamp: isoTime(mail.atMs),
      source: mail.source,
      ...(mail.sourceArn === undefined ? {} : { sourceArn: mail.sourceArn }),
      ...(mail.sourceIp === undefined ? {} : { sourceIp: mail.sourceIp }),
      ...(mail.callerIdentity === undefined ? {} : { callerIdentity: mail.callerIdentity }),
      sendingAccountId: mail.accountId,
      messageId: mail.messageId,
      destination: mail.destination,
      ...(withHeaders
        ? {
            headersTruncated: mail.headersTruncated,
            headers: mail.headers,
            commonHeaders: mail.common,
          }
        : {}),
    },
  }
}

/** Which servers SES says it sent by. The numbers are of no consequence. */
export function reportingMta(ctx: Context): string {
  return `a${8 + ctx.random.below(50)}-${1 + ctx.random.below(250)}.smtp-out.amazonses.com`
}
