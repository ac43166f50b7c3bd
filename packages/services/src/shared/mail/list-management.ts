import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { isoTime } from './events.ts'
import type { MailHeader } from './mime.ts'
import { tell } from './publication.ts'
import { type Contact, configurationSets, contactLists, contacts } from './state.ts'
import { trackedMails } from './tracking.ts'

/** The list, and perhaps the topic of it, that a message belongs to. */
export interface ListMembership {
  readonly list: string
  readonly topic?: string
}

/** In the text of a message: where the reader can unsubscribe. Source: SES Developer Guide, "Using subscription management". */
export const unsubscribePlaceholder = '{{amazonSESUnsubscribeUrl}}'

export function unsubscribeUrl(region: string, messageId: string): string {
  return `https://unsubscribe.${region}.amazonses.com/?message=${messageId}`
}

/** Source: SES Developer Guide, "Using subscription management"; RFC 8058. */
export function unsubscribeHeaders(region: string, messageId: string): MailHeader[] {
  return [
    { name: 'List-Unsubscribe', value: `<${unsubscribeUrl(region, messageId)}>` },
    { name: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
  ]
}

/** The contact that a message goes to; one that is new to the list is put on it. */
export function contactFor(ctx: Context, { list }: ListMembership, address: string): Contact {
  const known = contacts.get(ctx, orderedKey(list, address))
  if (known !== undefined) return known
  return contacts.put(ctx, {
    list,
    address,
    preferences: {},
    unsubscribedFromAll: false,
    createdAtMs: ctx.now(),
    updatedAtMs: ctx.now(),
  })
}

/** Whether a contact wants no mail of a list or of its topic. */
export function isUnsubscribed(
  ctx: Context,
  contact: Contact,
  { list, topic }: ListMembership,
): boolean {
  if (contact.unsubscribedFromAll) return true
  if (topic === undefined) return false
  const own = contact.preferences[topic]
  const known = contactLists.get(ctx, list)?.topics.find(({ name }) => name === topic)
  return (own ?? known?.defaultStatus) === 'OPT_OUT'
}

/** A reader follows the link of a message: out of its topic, or out of the whole list. False: no such message. */
export function unsubscribe(ctx: Context, messageId: string): boolean {
  const mail = trackedMails.get(ctx, messageId)
  const contact = contacts.get(ctx, orderedKey(mail?.list ?? '', mail?.contact ?? ''))
  if (mail === undefined || contact === undefined) return false
  const { topic } = mail
  const after = contacts.put(ctx, {
    ...contact,
    ...(topic === undefined
      ? { unsubscribedFromAll: true }
      : { preferences: { ...contact.preferences, [topic]: 'OPT_OUT' } }),
    updatedAtMs: ctx.now(),
  })
  const set = configurationSets.get(ctx, mail.set ?? '')
  tell(ctx, 0, set === undefined ? {} : { set }, 'SUBSCRIPTION', mail.facts, {
    contactList: contact.list,
    timestamp: isoTime(ctx.now()),
    source: 'UnsubscribeHeader',
    newTopicPreferences: preferences(after),
    oldTopicPreferences: preferences(contact),
  })
  return true
}

const statusWords: Readonly<Record<string, string>> = { OPT_IN: 'OptIn', OPT_OUT: 'OptOut' }

function preferences({ unsubscribedFromAll, preferences: own }: Contact): object {
  return {
    unsubscribeAll: unsubscribedFromAll,
    topicSubscriptionStatus: Object.entries(own).map(([topicName, status]) => ({
      topicName,
      subscriptionStatus: statusWords[status] ?? status,
    })),
  }
}
