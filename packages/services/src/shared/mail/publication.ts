import { Publish } from '@cloud-orrery/models/sns'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { measure } from '../metrics.ts'
import { isTransient } from '../transient-errors.ts'
import { identityArn } from './arns.ts'
import {
  type EventDetail,
  eventNames,
  feedbackNotification,
  type MailFacts,
  mailEvent,
} from './events.ts'
import {
  type ConfigurationSet,
  configurationSets,
  type EventDestination,
  type FeedbackType,
  type Identity,
  type MailEventType,
} from './state.ts'

/** Who is told of what becomes of a message. */
export interface Listeners {
  readonly set?: ConfigurationSet
  readonly identity?: Identity
}

const feedbackTypes: Readonly<Partial<Record<MailEventType, FeedbackType>>> = {
  BOUNCE: 'Bounce',
  COMPLAINT: 'Complaint',
  DELIVERY: 'Delivery',
}

/** Whether anyone is told of a kind of event: most mail has nobody who listens. */
export function isHeard({ set, identity }: Listeners, type: MailEventType): boolean {
  const feedback = feedbackTypes[type]
  if (feedback !== undefined && identity?.feedbackTopics[feedback] !== undefined) return true
  return set?.destinations.some((it) => it.enabled && it.eventTypes.includes(type)) ?? false
}

/** Tells all listeners of an event, after a delay. */
export function tell(
  ctx: Context,
  delayMs: number,
  listeners: Listeners,
  type: MailEventType,
  mail: MailFacts,
  detail: EventDetail,
): void {
  const { set, identity } = listeners
  for (const destination of set?.destinations ?? []) {
    if (!destination.enabled || !destination.eventTypes.includes(type)) continue
    const input = { set: set?.name ?? '', destination: destination.name, type, mail, detail }
    ctx.after(delayMs, publishEvent, input)
  }
  const feedback = feedbackTypes[type]
  const topicArn = feedback === undefined ? undefined : identity?.feedbackTopics[feedback]
  if (identity === undefined || feedback === undefined || topicArn === undefined) return
  const withHeaders = identity.headersInFeedback.includes(feedback)
  const message = JSON.stringify(
    feedbackNotification(
      feedback.toUpperCase() as 'BOUNCE' | 'COMPLAINT' | 'DELIVERY', // The three of `feedbackTypes`.
      mail,
      detail,
      withHeaders,
    ),
  )
  ctx.after(delayMs, notifyTopic, { topicArn, message, sourceArn: identityArn(ctx, identity.name) })
}

interface Publication {
  readonly set: string
  readonly destination: string
  readonly type: MailEventType
  readonly mail: MailFacts
  readonly detail: EventDetail
}

/** Delays of SES's own retries, in ms. AWS does not say them. */
const retryDelaysMs = [1000, 10_000, 60_000]

/** Publishes one event to one destination, as the configuration set is by then. */
export const publishEvent = task<Publication>('ses.publishEvent', {
  retryDelayMs: (attempt, error) => (isTransient(error) ? retryDelaysMs[attempt - 1] : undefined),
  async run(ctx, { set: name, destination: destinationName, type, mail, detail }) {
    const set = configurationSets.get(ctx, name)
    const destination = set?.destinations.find((it) => it.name === destinationName)
    if (destination === undefined || !destination.enabled) return // Removed while it was on its way.
    const event = mailEvent(type, mail, detail)
    const sourceArn = `arn:aws:ses:${ctx.region}:${ctx.accountId}:configuration-set/${name}`
    if (destination.topicArn !== undefined) {
      await publishTo(ctx, destination.topicArn, JSON.stringify(event), sourceArn, eventSubject)
    }
    // Only the default bus of the account can be named.
    if (destination.eventBusArn !== undefined) {
      const { detailType } = eventNames[type]
      ctx.emit({ source: 'aws.ses', detailType, resources: [sourceArn], detail: event })
    }
    if (destination.dimensions !== undefined) measureEvent(ctx, destination, type, mail, detail)
  },
})

interface TopicNotification {
  readonly topicArn: string
  readonly message: string
  readonly sourceArn: string
}

/** Tells an identity's topic of a bounce, a complaint or a delivery. */
export const notifyTopic = task<TopicNotification>('ses.notifyTopic', {
  retryDelayMs: (attempt, error) => (isTransient(error) ? retryDelaysMs[attempt - 1] : undefined),
  async run(ctx, { topicArn, message, sourceArn }) {
    await publishTo(ctx, topicArn, message, sourceArn)
  },
})

/** Recorded: ses, SNS topic integration: the subject of events. */
const eventSubject = 'Amazon SES Email Event Notification'

async function publishTo(
  ctx: Context,
  topicArn: string,
  message: string,
  sourceArn: string,
  subject?: string,
): Promise<void> {
  const region = topicArn.split(':')[3] ?? ctx.region
  await ctx.call(
    Publish,
    {
      TopicArn: topicArn,
      Message: message,
      ...(subject === undefined ? {} : { Subject: subject }),
    },
    { as: 'ses.amazonaws.com', sourceArn, sourceOwner: ctx.accountId, region },
  )
}

/** One value for each event, under the dimensions that the message's tags, headers or links give. */
function measureEvent(
  ctx: Context,
  { dimensions = [] }: EventDestination,
  type: MailEventType,
  mail: MailFacts,
  detail: EventDetail,
): void {
  const values: Record<string, string> = {}
  for (const { name, source, defaultValue } of dimensions) {
    values[name] = dimensionValue(name, source, mail, detail) ?? defaultValue
  }
  measure(ctx, {
    namespace: 'AWS/SES',
    name: eventNames[type].metric,
    dimensions: values,
    value: 1,
    unit: 'Count',
  })
}

function dimensionValue(
  name: string,
  source: string,
  mail: MailFacts,
  detail: EventDetail,
): string | undefined {
  if (source === 'EMAIL_HEADER') {
    return mail.headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value
  }
  if (source === 'LINK_TAG') {
    const tags = detail['linkTags'] as Readonly<Record<string, readonly string[]>> | undefined // Made by clicks.
    return tags?.[name]?.[0]
  }
  return mail.tags[name]?.[0]
}
