import {
  CreateEmailIdentity,
  DeleteEmailIdentity,
  type DkimSigningAttributes,
  GetEmailIdentity,
  ListEmailIdentities,
} from '@cloud-orrery/models/sesv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { identityArn } from '../shared/mail/arns.ts'
import { configurationSet } from '../shared/mail/configuration-sets.ts'
import { createIdentity, easyDkim, identityName } from '../shared/mail/identities.ts'
import { identitiesMax } from '../shared/mail/limits.ts'
import { type Dkim, type Identity, identities } from '../shared/mail/state.ts'
import { anywhere, on } from './authorization.ts'
import { alreadyExists, badRequest, identityNotFound, limitExceeded, words } from './errors.ts'
import { pageOf } from './pages.ts'
import { tagList, tagsOf } from './tag-lists.ts'

export const ofIdentity = ({ EmailIdentity }: { readonly EmailIdentity: string }, ctx: Context) =>
  on(identityArn(ctx, identityName(EmailIdentity)))

/** An identity by its name as callers write it. */
export function identityNamed(ctx: Context, name: string): Identity {
  const identity = identities.get(ctx, identityName(name))
  if (identity === undefined) throw identityNotFound(name)
  return identity
}

export const createEmailIdentity = operation(CreateEmailIdentity, {
  authorize: (input, ctx) => ({
    ...ofIdentity(input, ctx),
    creates: true,
  }),
  provenance: 'simplified',
  run(ctx, { EmailIdentity, Tags, DkimSigningAttributes, ConfigurationSetName }) {
    const name = identityName(EmailIdentity)
    checkName(name)
    if (identities.has(ctx, name))
      throw alreadyExists(`Email identity ${EmailIdentity} already exist.`)
    if (identities.count(ctx) >= identitiesMax) {
      throw limitExceeded('You have reached the limit on the number of email identities.')
    }
    if (ConfigurationSetName !== undefined) configurationSet(ctx, ConfigurationSetName, words)
    if (DkimSigningAttributes !== undefined && name.includes('@')) {
      throw badRequest('DKIM signing attributes are only for domain identities.')
    }
    const identity = createIdentity(ctx, name, {
      tags: tagsOf(Tags),
      ...(ConfigurationSetName === undefined ? {} : { configurationSetName: ConfigurationSetName }),
      ...(DkimSigningAttributes === undefined
        ? {}
        : { dkim: dkimFrom(ctx, DkimSigningAttributes) }),
    })
    return {
      IdentityType: identity.kind,
      VerifiedForSendingStatus: false,
      DkimAttributes: dkimAttributes(identity),
    }
  },
})

function checkName(name: string): void {
  const domain = name.slice(name.lastIndexOf('@') + 1)
  const isDomain = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/.test(domain)
  const local = name.includes('@') ? name.slice(0, name.lastIndexOf('@')) : undefined
  if (!isDomain || local === '' || (local !== undefined && /[\s<>@]/.test(local))) {
    throw badRequest(`Invalid email identity ${name}.`)
  }
}

/** Keys of one's own, or Easy DKIM with a key length. */
export function dkimFrom(ctx: Context, attributes: DkimSigningAttributes): Dkim {
  const { DomainSigningSelector, DomainSigningPrivateKey, NextSigningKeyLength } = attributes
  if (DomainSigningSelector === undefined && DomainSigningPrivateKey === undefined) {
    return easyDkim(ctx, NextSigningKeyLength)
  }
  if (DomainSigningSelector === undefined || DomainSigningPrivateKey === undefined) {
    throw badRequest('DomainSigningSelector and DomainSigningPrivateKey must be given together.')
  }
  return {
    signingEnabled: true,
    status: 'PENDING',
    tokens: [DomainSigningSelector],
    origin: 'EXTERNAL',
  }
}

export function dkimAttributes({ dkim }: Identity) {
  const { currentKeyLength, nextKeyLength, keyGeneratedAtMs } = dkim
  return {
    SigningEnabled: dkim.signingEnabled,
    Status: dkim.status,
    Tokens: dkim.tokens,
    SigningAttributesOrigin: dkim.origin,
    ...(nextKeyLength === undefined ? {} : { NextSigningKeyLength: nextKeyLength }),
    ...(currentKeyLength === undefined ? {} : { CurrentSigningKeyLength: currentKeyLength }),
    ...(keyGeneratedAtMs === undefined ? {} : { LastKeyGenerationTimestamp: keyGeneratedAtMs }),
  }
}

export const getEmailIdentity = operation(GetEmailIdentity, {
  authorize: ofIdentity,
  provenance: 'modelled',
  run(ctx, { EmailIdentity }) {
    const identity = identityNamed(ctx, EmailIdentity)
    const { mailFrom, lastCheckedAtMs, verifiedAtMs } = identity
    return {
      IdentityType: identity.kind,
      FeedbackForwardingStatus: identity.feedbackForwarding,
      VerifiedForSendingStatus: identity.verification === 'SUCCESS',
      DkimAttributes: dkimAttributes(identity),
      MailFromAttributes: {
        BehaviorOnMxFailure: mailFrom?.behaviorOnMxFailure ?? 'USE_DEFAULT_VALUE',
        ...(mailFrom === undefined
          ? {}
          : { MailFromDomain: mailFrom.domain, MailFromDomainStatus: mailFrom.status }),
      } as { MailFromDomain: string; MailFromDomainStatus: string; BehaviorOnMxFailure: string }, // Without a domain AWS leaves two required members out.
      Policies: identity.policies,
      Tags: tagList(identity.tags),
      ...(identity.configurationSetName === undefined
        ? {}
        : { ConfigurationSetName: identity.configurationSetName }),
      VerificationStatus: identity.verification,
      VerificationInfo: {
        ...(lastCheckedAtMs === undefined ? {} : { LastCheckedTimestamp: lastCheckedAtMs }),
        ...(verifiedAtMs === undefined ? {} : { LastSuccessTimestamp: verifiedAtMs }),
      },
    }
  },
})

export const deleteEmailIdentity = operation(DeleteEmailIdentity, {
  authorize: ofIdentity,
  provenance: 'modelled',
  run(ctx, { EmailIdentity }) {
    identities.delete(ctx, identityNamed(ctx, EmailIdentity).name)
    return {}
  },
})

export const listEmailIdentities = operation(ListEmailIdentities, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Filter = {}, NextToken, PageSize }) {
    const matching = (identity: Identity) =>
      (Filter['IDENTITY_NAME_CONTAINS'] ?? identity.name) !== '' &&
      identity.name.includes(Filter['IDENTITY_NAME_CONTAINS'] ?? '') &&
      (Filter['IDENTITY_TYPE'] ?? identity.kind) === identity.kind &&
      (Filter['VERIFICATION_STATUS'] ?? identity.verification) === identity.verification
    const page = pageOf({
      records: (after) => identities.scan(ctx, after === undefined ? {} : { after }),
      keyOf: ({ name }) => name,
      matching,
      token: NextToken,
      sizeMax: PageSize ?? 100,
      query: ['ListEmailIdentities', Filter],
    })
    return {
      EmailIdentities: page.items.map(({ name, kind, verification }) => ({
        IdentityType: kind,
        IdentityName: name,
        SendingEnabled: verification === 'SUCCESS',
        VerificationStatus: verification,
      })),
      ...(page.next === undefined ? {} : { NextToken: page.next }),
    }
  },
})
