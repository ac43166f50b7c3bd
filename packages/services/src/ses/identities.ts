import {
  DeleteIdentity,
  DeleteVerifiedEmailAddress,
  GetIdentityVerificationAttributes,
  ListIdentities,
  ListVerifiedEmailAddresses,
  VerifyDomainDkim,
  VerifyDomainIdentity,
  VerifyEmailAddress,
  VerifyEmailIdentity,
} from '@cloud-orrery/models/ses'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import {
  createIdentity,
  easyDkim,
  identityName,
  lookForRecords,
  startVerification,
} from '../shared/mail/identities.ts'
import { type Identity, identities, type VerificationStatus } from '../shared/mail/state.ts'
import { anywhere } from './authorization.ts'
import { invalidValue } from './errors.ts'
import { pageOf } from './pages.ts'

/** Version 1 writes states as words. */
export function statusWord(status: VerificationStatus): string {
  return status
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

function verifyAddress(ctx: Context, address: string): object {
  const name = identityName(address)
  if (!/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(name)) {
    throw invalidValue(`Invalid email address<${address}>.`)
  }
  const known = identities.get(ctx, name)
  if (known === undefined) createIdentity(ctx, name)
  else if (known.verification !== 'SUCCESS') {
    const { lastCheckedAtMs: _was, ...rest } = known
    startVerification(ctx, identities.put(ctx, { ...rest, verification: 'PENDING' }))
  }
  return {}
}

export const verifyEmailIdentity = operation(VerifyEmailIdentity, {
  authorize: anywhere,
  provenance: 'recorded',
  run: (ctx, { EmailAddress }) => verifyAddress(ctx, EmailAddress),
})

/** The older name of VerifyEmailIdentity. */
export const verifyEmailAddress = operation(VerifyEmailAddress, {
  authorize: anywhere,
  provenance: 'modelled',
  run: (ctx, { EmailAddress }) => verifyAddress(ctx, EmailAddress),
})

function domainIdentity(ctx: Context, domain: string): Identity {
  const name = identityName(domain)
  if (!/^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/.test(name)) {
    throw invalidValue(`Invalid domain name ${domain}.`)
  }
  return identities.get(ctx, name) ?? createIdentity(ctx, name, { dkim: notStarted })
}

const notStarted = {
  signingEnabled: false,
  status: 'NOT_STARTED',
  tokens: [],
  origin: 'AWS_SES',
} as const

export const verifyDomainIdentity = operation(VerifyDomainIdentity, {
  authorize: anywhere,
  provenance: 'simplified',
  run(ctx, { Domain }) {
    const identity = domainIdentity(ctx, Domain)
    if (identity.verification !== 'FAILED') return { VerificationToken: identity.token }
    const again = identities.put(ctx, { ...identity, verification: 'PENDING' })
    lookForRecords(ctx, again)
    return { VerificationToken: again.token }
  },
})

export const verifyDomainDkim = operation(VerifyDomainDkim, {
  authorize: anywhere,
  provenance: 'simplified',
  run(ctx, { Domain }) {
    const identity = domainIdentity(ctx, Domain)
    if (identity.dkim.tokens.length === 3) return { DkimTokens: identity.dkim.tokens }
    const dkim = { ...easyDkim(ctx), signingEnabled: identity.dkim.signingEnabled }
    lookForRecords(ctx, identities.put(ctx, { ...identity, dkim }))
    return { DkimTokens: dkim.tokens }
  },
})

export const deleteIdentity = operation(DeleteIdentity, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identity: name }) {
    identities.delete(ctx, identityName(name))
    return {}
  },
})

export const deleteVerifiedEmailAddress = operation(DeleteVerifiedEmailAddress, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { EmailAddress }) {
    identities.delete(ctx, identityName(EmailAddress))
    return {}
  },
})

export const listIdentities = operation(ListIdentities, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { IdentityType, NextToken, MaxItems }) {
    const kind = IdentityType === 'EmailAddress' ? 'EMAIL_ADDRESS' : 'DOMAIN'
    const { items, next } = pageOf(
      (after) => identities.scan(ctx, after === undefined ? {} : { after }),
      ({ name }) => name,
      {
        token: NextToken,
        sizeMax: MaxItems ?? 1000,
        query: ['ListIdentities', IdentityType ?? ''],
      },
      (identity) => IdentityType === undefined || identity.kind === kind,
    )
    return { Identities: items.map(({ name }) => name), ...next }
  },
})

export const listVerifiedEmailAddresses = operation(ListVerifiedEmailAddresses, {
  authorize: anywhere,
  provenance: 'modelled',
  run: (ctx) => ({
    VerifiedEmailAddresses: [...identities.scan(ctx)]
      .filter(({ kind, verification }) => kind === 'EMAIL_ADDRESS' && verification === 'SUCCESS')
      .map(({ name }) => name),
  }),
})

/** Identities of a list of names; those that are not there are left out of the answer. */
export function* named(ctx: Context, names: readonly string[]): Generator<[string, Identity]> {
  for (const name of names) {
    const identity = identities.get(ctx, identityName(name))
    if (identity !== undefined) yield [name, identity]
  }
}

export const getVerificationAttributes = operation(GetIdentityVerificationAttributes, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Identities }) {
    const found = [...named(ctx, Identities)].map(([name, { kind, verification, token }]) => [
      name,
      {
        VerificationStatus: statusWord(verification),
        ...(kind === 'DOMAIN' ? { VerificationToken: token } : {}),
      },
    ])
    return { VerificationAttributes: Object.fromEntries(found) }
  },
})
