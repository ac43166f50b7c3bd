import {
  DeleteIdentityPolicy,
  GetIdentityDkimAttributes,
  GetIdentityMailFromDomainAttributes,
  GetIdentityNotificationAttributes,
  GetIdentityPolicies,
  ListIdentityPolicies,
  PutIdentityPolicy,
  SetIdentityDkimEnabled,
  SetIdentityFeedbackForwardingEnabled,
  SetIdentityHeadersInNotificationsEnabled,
  SetIdentityMailFromDomain,
  SetIdentityNotificationTopic,
} from '@cloud-orrery/models/ses'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { identityName, lookForRecords } from '../shared/mail/identities.ts'
import {
  deleteIdentityPolicy as deletePolicy,
  putIdentityPolicy as putPolicy,
} from '../shared/mail/identity-policies.ts'
import { type FeedbackType, type Identity, identities } from '../shared/mail/state.ts'
import { anywhere } from './authorization.ts'
import { identityNotVerified, invalidValue, words } from './errors.ts'
import { named, statusWord } from './identities.ts'

const feedbackTypes: readonly FeedbackType[] = ['Bounce', 'Complaint', 'Delivery']

/** Recorded: ses, SetIdentityHeadersInNotificationsEnabled, unknown identity. */
function identityNamed(ctx: Context, name: string): Identity {
  const identity = identities.get(ctx, identityName(name))
  if (identity === undefined) throw identityNotVerified(name)
  return identity
}

/** Recorded: ses, SetIdentityHeadersInNotificationsEnabled, invalid type. */
function feedbackType(text: string): FeedbackType {
  const type = feedbackTypes.find((it) => it === text)
  if (type === undefined) {
    throw invalidValue(
      `Invalid notification type: ${text}. Valid values are: ${feedbackTypes.join(', ')}.`,
    )
  }
  return type
}

export const setHeadersInNotifications = operation(SetIdentityHeadersInNotificationsEnabled, {
  authorize: anywhere,
  provenance: 'recorded',
  run(ctx, { Identity: name, NotificationType, Enabled }) {
    const type = feedbackType(NotificationType)
    const identity = identityNamed(ctx, name)
    const others = identity.headersInFeedback.filter((it) => it !== type)
    const headersInFeedback = Enabled ? [...others, type] : others
    identities.put(ctx, { ...identity, headersInFeedback })
    return {}
  },
})

export const setNotificationTopic = operation(SetIdentityNotificationTopic, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identity: name, NotificationType, SnsTopic }) {
    const type = feedbackType(NotificationType)
    const identity = identityNamed(ctx, name)
    const { [type]: _was, ...others } = identity.feedbackTopics
    if (SnsTopic === undefined) {
      identities.put(ctx, { ...identity, feedbackTopics: others })
      return {}
    }
    if (!/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/.test(SnsTopic)) {
      throw invalidValue(`Invalid SNS topic <${SnsTopic}>.`)
    }
    identities.put(ctx, { ...identity, feedbackTopics: { ...others, [type]: SnsTopic } })
    return {}
  },
})

export const setFeedbackForwarding = operation(SetIdentityFeedbackForwardingEnabled, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identity: name, ForwardingEnabled }) {
    const identity = identityNamed(ctx, name)
    const { Bounce, Complaint } = identity.feedbackTopics
    if (!ForwardingEnabled && (Bounce === undefined || Complaint === undefined)) {
      throw invalidValue(
        `Identity <${name}> must have both a bounce and a complaint topic before forwarding is disabled.`,
      )
    }
    identities.put(ctx, { ...identity, feedbackForwarding: ForwardingEnabled })
    return {}
  },
})

export const getNotificationAttributes = operation(GetIdentityNotificationAttributes, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identities }) {
    const found = [...named(ctx, Identities)].map(([name, identity]) => {
      const { feedbackTopics, feedbackForwarding, headersInFeedback } = identity
      return [
        name,
        {
          BounceTopic: feedbackTopics.Bounce,
          ComplaintTopic: feedbackTopics.Complaint,
          DeliveryTopic: feedbackTopics.Delivery,
          ForwardingEnabled: feedbackForwarding,
          HeadersInBounceNotificationsEnabled: headersInFeedback.includes('Bounce'),
          HeadersInComplaintNotificationsEnabled: headersInFeedback.includes('Complaint'),
          HeadersInDeliveryNotificationsEnabled: headersInFeedback.includes('Delivery'),
        },
      ]
    })
    return { NotificationAttributes: Object.fromEntries(found) }
  },
})

export const setDkimEnabled = operation(SetIdentityDkimEnabled, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identity: name, DkimEnabled }) {
    const identity = identityNamed(ctx, name)
    if (DkimEnabled && identity.kind === 'DOMAIN' && identity.dkim.status !== 'SUCCESS') {
      throw invalidValue(`Domain ${name} is not verified for DKIM signing`)
    }
    identities.put(ctx, { ...identity, dkim: { ...identity.dkim, signingEnabled: DkimEnabled } })
    return {}
  },
})

export const getDkimAttributes = operation(GetIdentityDkimAttributes, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identities }) {
    const found = [...named(ctx, Identities)].map(([name, { dkim }]) => [
      name,
      {
        DkimEnabled: dkim.signingEnabled,
        DkimVerificationStatus: statusWord(dkim.status),
        ...(dkim.tokens.length === 0 ? {} : { DkimTokens: dkim.tokens }),
      },
    ])
    return { DkimAttributes: Object.fromEntries(found) }
  },
})

export const setMailFromDomain = operation(SetIdentityMailFromDomain, {
  authorize: anywhere,
  provenance: 'simplified',
  run(ctx, { Identity: name, MailFromDomain, BehaviorOnMXFailure = 'UseDefaultValue' }) {
    const { mailFrom: _was, ...identity } = identityNamed(ctx, name)
    if (MailFromDomain === undefined || MailFromDomain === '') {
      identities.put(ctx, identity)
      return {}
    }
    const domain = MailFromDomain.toLowerCase()
    if (!domain.endsWith(`.${identity.name.slice(identity.name.lastIndexOf('@') + 1)}`)) {
      throw invalidValue(
        `Provided MAIL-FROM domain <${MailFromDomain}> is not subdomain of the domain of the identity <${name}>.`,
      )
    }
    const behaviorOnMxFailure =
      BehaviorOnMXFailure === 'RejectMessage' ? 'REJECT_MESSAGE' : 'USE_DEFAULT_VALUE'
    const mailFrom = { domain, status: 'PENDING', behaviorOnMxFailure } as const
    lookForRecords(ctx, identities.put(ctx, { ...identity, mailFrom }))
    return {}
  },
})

export const getMailFromAttributes = operation(GetIdentityMailFromDomainAttributes, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identities }) {
    const found = [...named(ctx, Identities)].map(([name, { mailFrom }]) => [
      name,
      {
        MailFromDomain: mailFrom?.domain,
        MailFromDomainStatus: mailFrom === undefined ? undefined : statusWord(mailFrom.status),
        BehaviorOnMXFailure:
          mailFrom?.behaviorOnMxFailure === 'REJECT_MESSAGE' ? 'RejectMessage' : 'UseDefaultValue',
      },
    ])
    return { MailFromDomainAttributes: Object.fromEntries(found) }
  },
})

export const putIdentityPolicy = operation(PutIdentityPolicy, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identity: name, PolicyName, Policy }) {
    putPolicy(ctx, identityNamed(ctx, name), PolicyName, Policy, words)
    return {}
  },
})

export const deleteIdentityPolicy = operation(DeleteIdentityPolicy, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identity: name, PolicyName }) {
    deletePolicy(ctx, identityNamed(ctx, name), PolicyName)
    return {}
  },
})

export const listIdentityPolicies = operation(ListIdentityPolicies, {
  authorize: anywhere,
  provenance: 'modelled',
  run: (ctx, { Identity: name }) => ({
    PolicyNames: Object.keys(identityNamed(ctx, name).policies).sort(),
  }),
})

export const getIdentityPolicies = operation(GetIdentityPolicies, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identity: name, PolicyNames }) {
    const { policies } = identityNamed(ctx, name)
    const asked = Object.entries(policies).filter(([key]) => PolicyNames.includes(key))
    return { Policies: Object.fromEntries(asked) }
  },
})
