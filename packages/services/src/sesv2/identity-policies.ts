import {
  CreateEmailIdentityPolicy,
  DeleteEmailIdentityPolicy,
  GetEmailIdentityPolicies,
  UpdateEmailIdentityPolicy,
} from '@cloud-orrery/models/sesv2'
import { operation } from '../define.ts'
import { deleteIdentityPolicy, putIdentityPolicy } from '../shared/mail/identity-policies.ts'
import { alreadyExists, notFound, words } from './errors.ts'
import { identityNamed, ofIdentity } from './identities.ts'

export const createEmailIdentityPolicy = operation(CreateEmailIdentityPolicy, {
  authorize: ofIdentity,
  provenance: 'modelled',
  run(ctx, { EmailIdentity, PolicyName, Policy }) {
    const identity = identityNamed(ctx, EmailIdentity)
    if (identity.policies[PolicyName] !== undefined) {
      throw alreadyExists(
        `Policy ${PolicyName} already exists for email identity ${EmailIdentity}.`,
      )
    }
    putIdentityPolicy(ctx, identity, PolicyName, Policy, words)
    return {}
  },
})

export const updateEmailIdentityPolicy = operation(UpdateEmailIdentityPolicy, {
  authorize: ofIdentity,
  provenance: 'modelled',
  run(ctx, { EmailIdentity, PolicyName, Policy }) {
    const identity = identityNamed(ctx, EmailIdentity)
    if (identity.policies[PolicyName] === undefined) {
      throw notFound(`Policy ${PolicyName} does not exist for email identity ${EmailIdentity}.`)
    }
    putIdentityPolicy(ctx, identity, PolicyName, Policy, words)
    return {}
  },
})

export const deleteEmailIdentityPolicy = operation(DeleteEmailIdentityPolicy, {
  authorize: ofIdentity,
  provenance: 'modelled',
  run(ctx, { EmailIdentity, PolicyName }) {
    deleteIdentityPolicy(ctx, identityNamed(ctx, EmailIdentity), PolicyName)
    return {}
  },
})

export const getEmailIdentityPolicies = operation(GetEmailIdentityPolicies, {
  authorize: ofIdentity,
  provenance: 'modelled',
  run: (ctx, { EmailIdentity }) => ({ Policies: identityNamed(ctx, EmailIdentity).policies }),
})
