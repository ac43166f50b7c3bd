import {
  CreateAccountAlias,
  DeleteAccountAlias,
  GetAccountSummary,
  ListAccountAliases,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import {
  accessKeys,
  groups,
  instanceProfiles,
  policies,
  roles,
  users,
} from '../shared/identity/state.ts'
import { entityAlreadyExists, noSuchEntity } from './errors.ts'
import {
  accessKeysPerUserMax,
  accountQuotas,
  attachedPoliciesMax,
  groupsPerUserMax,
  inlinePolicyCharactersMax,
  managedPolicyCharactersMax,
  trustPolicyCharactersMax,
  versionsPerPolicyMax,
} from './limits.ts'
import { accountAliases, oidcProviders, samlProviders } from './state.ts'

/** An account has one alias: a new one takes the old one's place. */
export const createAccountAlias = operation(CreateAccountAlias, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { AccountAlias }) {
    const holder = accountAliases.get(ctx, AccountAlias)
    if (holder !== undefined) {
      throw entityAlreadyExists(`The account alias ${AccountAlias} already exists.`)
    }
    const old = accountAliases.first(ctx, 'account', ctx.accountId)
    if (old !== undefined) accountAliases.delete(ctx, old.alias)
    accountAliases.put(ctx, { alias: AccountAlias, accountId: ctx.accountId })
    return {}
  },
})

export const deleteAccountAlias = operation(DeleteAccountAlias, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { AccountAlias }) {
    if (accountAliases.get(ctx, AccountAlias)?.accountId !== ctx.accountId) {
      throw noSuchEntity(`The account alias with name ${AccountAlias} cannot be found.`)
    }
    accountAliases.delete(ctx, AccountAlias)
    return {}
  },
})

export const listAccountAliases = operation(ListAccountAliases, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx) {
    const own = accountAliases.first(ctx, 'account', ctx.accountId)
    return { AccountAliases: own === undefined ? [] : [own.alias], IsTruncated: false }
  },
})

/** Figures and quotas. Recorded: iam, GetAccountSummary. */
export const getAccountSummary = operation(GetAccountSummary, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx) {
    const rootKeys = accessKeys.first(ctx, 'user', `${ctx.accountId}/`)
    return {
      SummaryMap: {
        ...quotas,
        AccountAccessKeysPresent: rootKeys === undefined ? 0 : 1,
        Groups: groups.count(ctx),
        InstanceProfiles: instanceProfiles.count(ctx),
        Policies: policies.count(ctx),
        PolicyVersionsInUse: versionsInUse(ctx),
        Providers: oidcProviders.count(ctx) + samlProviders.count(ctx),
        Roles: roles.count(ctx),
        Users: users.count(ctx),
      },
    }
  },
})

/** Kept kinds of which the model has none (certificates, MFA devices) count as zero. */
const quotas = {
  AccessKeysPerUserQuota: accessKeysPerUserMax,
  AccountMFAEnabled: 0,
  AccountPasswordPresent: 0,
  AccountSigningCertificatesPresent: 0,
  AssumeRolePolicySizeQuota: trustPolicyCharactersMax,
  AttachedPoliciesPerGroupQuota: attachedPoliciesMax.group,
  AttachedPoliciesPerRoleQuota: attachedPoliciesMax.role,
  AttachedPoliciesPerUserQuota: attachedPoliciesMax.user,
  GlobalEndpointTokenVersion: 1,
  GroupPolicySizeQuota: inlinePolicyCharactersMax.group,
  GroupsPerUserQuota: groupsPerUserMax,
  GroupsQuota: accountQuotas.groups,
  InstanceProfilesQuota: accountQuotas.instanceProfiles,
  MFADevices: 0,
  MFADevicesInUse: 0,
  PoliciesQuota: accountQuotas.policies,
  PolicySizeQuota: managedPolicyCharactersMax,
  PolicyVersionsInUseQuota: 10_000,
  RolePolicySizeQuota: inlinePolicyCharactersMax.role,
  RolesQuota: accountQuotas.roles,
  ServerCertificates: 0,
  ServerCertificatesQuota: 20,
  SigningCertificatesPerUserQuota: 2,
  UserPolicySizeQuota: inlinePolicyCharactersMax.user,
  UsersQuota: accountQuotas.users,
  VersionsPerPolicyQuota: versionsPerPolicyMax,
}

function versionsInUse(ctx: Context): number {
  let count = 0
  for (const { versions } of policies.scan(ctx)) count += versions.length
  return count
}
