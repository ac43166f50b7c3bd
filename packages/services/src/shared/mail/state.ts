import { orderedKey, type Scope, table } from '@cloud-orrery/kernel'
import {
  configurationSetArn,
  contactListArn,
  customTemplateArn,
  identityArn,
  templateArn,
} from './arns.ts'

export type IdentityKind = 'EMAIL_ADDRESS' | 'DOMAIN'
export type VerificationStatus =
  | 'PENDING'
  | 'SUCCESS'
  | 'FAILED'
  | 'TEMPORARY_FAILURE'
  | 'NOT_STARTED'
export type FeedbackType = 'Bounce' | 'Complaint' | 'Delivery'

export interface Dkim {
  readonly signingEnabled: boolean
  readonly status: VerificationStatus
  readonly tokens: readonly string[]
  readonly origin: 'AWS_SES' | 'EXTERNAL'
  readonly currentKeyLength?: string
  readonly nextKeyLength?: string
  readonly keyGeneratedAtMs?: number
}

export interface MailFrom {
  readonly domain: string
  readonly status: 'PENDING' | 'SUCCESS' | 'FAILED' | 'TEMPORARY_FAILURE'
  readonly behaviorOnMxFailure: string
}

/** An address or a domain in whose name mail is sent. Both versions of the API have the same ones. */
export interface Identity {
  /** Domains in lower case. */
  readonly name: string
  readonly kind: IdentityKind
  readonly createdAtMs: number
  readonly verification: VerificationStatus
  /** What the link in the mail carries, or the TXT record's value. */
  readonly token: string
  readonly lastCheckedAtMs?: number
  readonly verifiedAtMs?: number
  readonly dkim: Dkim
  readonly mailFrom?: MailFrom
  readonly feedbackForwarding: boolean
  /** Topics that are told of bounces, complaints and deliveries. */
  readonly feedbackTopics: Readonly<Partial<Record<FeedbackType, string>>>
  readonly headersInFeedback: readonly FeedbackType[]
  readonly configurationSetName?: string
  /** Sending authorisation: documents by name. */
  readonly policies: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

/** Email identities and domains are in one key space, as their ARNs are. */
export const identities = table<Identity>('mail.identities', {
  key: ({ name }) => name,
  partition: 'region',
  resource: (identity, scope) => identityArn(scope, identity.name),
})

/** Where the link of a verification mail leads. */
export interface VerificationLink extends Scope {
  readonly token: string
  readonly identity: string
  readonly expiresAtMs: number
  readonly successUrl?: string
  readonly failureUrl?: string
}

export const verificationLinks = table<VerificationLink>('mail.verificationLinks', {
  key: ({ token }) => token,
  partition: 'cloud',
})

export type MailEventType =
  | 'SEND'
  | 'REJECT'
  | 'BOUNCE'
  | 'COMPLAINT'
  | 'DELIVERY'
  | 'OPEN'
  | 'CLICK'
  | 'RENDERING_FAILURE'
  | 'DELIVERY_DELAY'
  | 'SUBSCRIPTION'

export interface CloudWatchDimension {
  readonly name: string
  /** `MESSAGE_TAG`, `EMAIL_HEADER`, `LINK_TAG` */
  readonly source: string
  readonly defaultValue: string
}

export interface EventDestination {
  readonly name: string
  readonly enabled: boolean
  readonly eventTypes: readonly MailEventType[]
  readonly topicArn?: string
  readonly eventBusArn?: string
  readonly dimensions?: readonly CloudWatchDimension[]
}

export interface ConfigurationSet {
  readonly name: string
  readonly createdAtMs: number
  readonly sendingEnabled: boolean
  readonly reputationMetrics: boolean
  readonly lastFreshStartMs?: number
  readonly tlsPolicy: string
  readonly sendingPool?: string
  readonly maxDeliverySeconds?: number
  readonly redirectDomain?: string
  readonly httpsPolicy?: string
  /** Absent: as the account. */
  readonly suppressedReasons?: readonly string[]
  readonly engagementMetrics?: string
  readonly optimizedDelivery?: string
  readonly destinations: readonly EventDestination[]
  readonly tags: Readonly<Record<string, string>>
}

export const configurationSets = table<ConfigurationSet>('mail.configurationSets', {
  key: ({ name }) => name,
  partition: 'region',
  resource: (set, scope) => configurationSetArn(scope, set.name),
})

export interface Template {
  readonly name: string
  readonly createdAtMs: number
  readonly subject?: string
  readonly text?: string
  readonly html?: string
  readonly tags: Readonly<Record<string, string>>
}

export const templates = table<Template>('mail.templates', {
  key: ({ name }) => name,
  partition: 'region',
  resource: (template, scope) => templateArn(scope, template.name),
})

export interface CustomTemplate {
  readonly name: string
  readonly from: string
  readonly subject: string
  readonly content: string
  readonly successUrl: string
  readonly failureUrl: string
  readonly tags: Readonly<Record<string, string>>
}

export const customTemplates = table<CustomTemplate>('mail.customVerificationTemplates', {
  key: ({ name }) => name,
  partition: 'region',
  resource: (template, scope) => customTemplateArn(scope, template.name),
})

/** What an account may do in a region, where it is not a new account's. */
export interface SendingAccount {
  readonly productionAccess: boolean
  readonly ratePerSecond: number
  readonly quotaPerDay: number
  readonly sendingEnabled: boolean
  readonly suppressedReasons: readonly string[]
  readonly details?: {
    readonly mailType: string
    readonly websiteUrl: string
    readonly language?: string
    readonly useCase?: string
    readonly contacts?: readonly string[]
    readonly review: 'PENDING' | 'GRANTED' | 'FAILED' | 'DENIED'
  }
  readonly dedicatedIpWarmup?: boolean
  readonly vdm?: {
    readonly enabled: string
    readonly engagement?: string
    readonly guardian?: string
  }
}

export const sendingAccounts = table<SendingAccount>('mail.accounts', {
  key: () => 'account',
  partition: 'region',
})

/** How much of rate and quota is used. */
export interface SendingUsage {
  /** Below zero: in debt for a message to several recipients. */
  readonly tokens: number
  readonly filledAtMs: number
  /** Recipients in the seconds that are still kept. */
  readonly sent: number
}

export const sendingUsage = table<SendingUsage>('mail.usage', {
  key: () => 'usage',
  partition: 'region',
})

/** Recipients of one second of the last 24 hours. */
export interface SentSecond {
  readonly second: number
  readonly recipients: number
}

export const sentSeconds = table<SentSecond>('mail.sentSeconds', {
  key: ({ second }) => orderedKey(second),
  partition: 'region',
})

/** What became of the mails of a quarter of an hour. */
export interface SendingStatistics {
  readonly startMs: number
  readonly attempts: number
  readonly bounces: number
  readonly complaints: number
  readonly rejects: number
}

export const sendingStatistics = table<SendingStatistics>('mail.statistics', {
  key: ({ startMs }) => orderedKey(startMs),
  partition: 'region',
})

export interface Suppressed {
  readonly address: string
  readonly reason: 'BOUNCE' | 'COMPLAINT'
  readonly updatedAtMs: number
  readonly messageId?: string
  readonly feedbackId?: string
}

export const suppressed = table<Suppressed>('mail.suppressed', {
  key: ({ address }) => address,
  partition: 'region',
})

export interface Topic {
  readonly name: string
  readonly displayName: string
  readonly description?: string
  /** `OPT_IN` or `OPT_OUT` */
  readonly defaultStatus: string
}

export interface ContactList {
  readonly name: string
  readonly description?: string
  readonly topics: readonly Topic[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly tags: Readonly<Record<string, string>>
}

export const contactLists = table<ContactList>('mail.contactLists', {
  key: ({ name }) => name,
  partition: 'region',
  resource: (list, scope) => contactListArn(scope, list.name),
})

export interface Contact {
  readonly list: string
  readonly address: string
  /** Status by topic, where the contact chose. */
  readonly preferences: Readonly<Record<string, string>>
  readonly unsubscribedFromAll: boolean
  readonly attributes?: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export const contacts = table<Contact>('mail.contacts', {
  key: ({ list, address }) => orderedKey(list, address),
  partition: 'region',
})
