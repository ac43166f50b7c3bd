import {
  PutEmailIdentityConfigurationSetAttributes,
  PutEmailIdentityDkimAttributes,
  PutEmailIdentityDkimSigningAttributes,
  PutEmailIdentityFeedbackAttributes,
  PutEmailIdentityMailFromAttributes,
} from '@cloud-orrery/models/sesv2'
import { operation } from '../define.ts'
import { configurationSet } from '../shared/mail/configuration-sets.ts'
import { lookForRecords } from '../shared/mail/identities.ts'
import { identities } from '../shared/mail/state.ts'
import { badRequest, words } from './errors.ts'
import { dkimFrom, identityNamed, ofIdentity } from './identities.ts'

export const putConfigurationSetAttributes = operation(PutEmailIdentityConfigurationSetAttributes, {
  authorize: ofIdentity,
  provenance: 'modelled',
  run(ctx, { EmailIdentity, ConfigurationSetName }) {
    const { configurationSetName: _was, ...identity } = identityNamed(ctx, EmailIdentity)
    if (ConfigurationSetName === undefined || ConfigurationSetName === '') {
      identities.put(ctx, identity)
      return {}
    }
    configurationSet(ctx, ConfigurationSetName, words)
    identities.put(ctx, { ...identity, configurationSetName: ConfigurationSetName })
    return {}
  },
})

export const putDkimAttributes = operation(PutEmailIdentityDkimAttributes, {
  authorize: ofIdentity,
  provenance: 'modelled',
  run(ctx, { EmailIdentity, SigningEnabled = false }) {
    const identity = identityNamed(ctx, EmailIdentity)
    identities.put(ctx, { ...identity, dkim: { ...identity.dkim, signingEnabled: SigningEnabled } })
    return {}
  },
})

export const putDkimSigningAttributes = operation(PutEmailIdentityDkimSigningAttributes, {
  authorize: ofIdentity,
  provenance: 'modelled',
  run(ctx, { EmailIdentity, SigningAttributesOrigin, SigningAttributes = {} }) {
    const identity = identityNamed(ctx, EmailIdentity)
    if (identity.kind !== 'DOMAIN') {
      throw badRequest('DKIM signing attributes are only for domain identities.')
    }
    const isExternal = SigningAttributesOrigin === 'EXTERNAL'
    if (isExternal && SigningAttributes.DomainSigningSelector === undefined) {
      throw badRequest('SigningAttributes must be given for the origin EXTERNAL.')
    }
    const dkim = dkimFrom(ctx, isExternal ? SigningAttributes : lengthOnly(SigningAttributes))
    const changed = identities.put(ctx, { ...identity, dkim })
    lookForRecords(ctx, changed)
    return { DkimStatus: dkim.status, DkimTokens: dkim.tokens }
  },
})

function lengthOnly({ NextSigningKeyLength }: { NextSigningKeyLength?: string | undefined }) {
  return NextSigningKeyLength === undefined ? {} : { NextSigningKeyLength }
}

export const putFeedbackAttributes = operation(PutEmailIdentityFeedbackAttributes, {
  authorize: ofIdentity,
  provenance: 'modelled',
  run(ctx, { EmailIdentity, EmailForwardingEnabled = false }) {
    const identity = identityNamed(ctx, EmailIdentity)
    identities.put(ctx, { ...identity, feedbackForwarding: EmailForwardingEnabled })
    return {}
  },
})

export const putMailFromAttributes = operation(PutEmailIdentityMailFromAttributes, {
  authorize: ofIdentity,
  provenance: 'simplified',
  run(ctx, { EmailIdentity, MailFromDomain, BehaviorOnMxFailure = 'USE_DEFAULT_VALUE' }) {
    const { mailFrom: _was, ...identity } = identityNamed(ctx, EmailIdentity)
    if (MailFromDomain === undefined || MailFromDomain === '') {
      identities.put(ctx, identity)
      return {}
    }
    const domain = MailFromDomain.toLowerCase()
    const own = identity.name.slice(identity.name.lastIndexOf('@') + 1)
    if (!domain.endsWith(`.${own}`)) {
      throw badRequest(
        `Provided MAIL-FROM domain <${MailFromDomain}> is not subdomain of the domain of the identity <${identity.name}>.`,
      )
    }
    const changed = identities.put(ctx, {
      ...identity,
      mailFrom: { domain, status: 'PENDING', behaviorOnMxFailure: BehaviorOnMxFailure },
    })
    lookForRecords(ctx, changed)
    return {}
  },
})
