import { type OperationHandler, service } from '../define.ts'
import {
  accessKeys,
  groups,
  instanceProfiles,
  policies,
  roles,
  users,
} from '../shared/identity/state.ts'
import * as accessKeyOperations from './access-keys.ts'
import * as account from './account.ts'
import { attachmentOperations } from './attachments.ts'
import { getAccountAuthorizationDetails } from './authorization-details.ts'
import * as boundaries from './boundaries.ts'
import { accessKeyType } from './cloudformation/access-key.ts'
import { groupType, userToGroupAdditionType } from './cloudformation/group.ts'
import { oidcProviderType, samlProviderType } from './cloudformation/identity-providers.ts'
import {
  groupPolicyType,
  policyType,
  rolePolicyType,
  userPolicyType,
} from './cloudformation/inline-policy.ts'
import { instanceProfileType } from './cloudformation/instance-profile.ts'
import { managedPolicyType } from './cloudformation/managed-policy.ts'
import { roleType } from './cloudformation/role.ts'
import { serviceLinkedRoleType } from './cloudformation/service-linked-role.ts'
import { userType } from './cloudformation/user.ts'
import * as contextKeys from './context-keys.ts'
import * as groupOperations from './groups.ts'
import { inlinePolicyOperations } from './inline-policies.ts'
import * as profiles from './instance-profiles.ts'
import * as logins from './login-profiles.ts'
import * as managed from './managed-policies.ts'
import * as oidc from './oidc-providers.ts'
import * as passwords from './password-policy.ts'
import { listEntitiesForPolicy } from './policy-entities.ts'
import * as versions from './policy-versions.ts'
import * as roleOperations from './roles.ts'
import * as saml from './saml-providers.ts'
import * as credentials from './service-credentials.ts'
import * as linkedRoles from './service-linked-roles.ts'
import { refusingSessions } from './session-limits.ts'
import { simulateCustomPolicy, simulatePrincipalPolicy } from './simulation.ts'
import {
  accountAliases,
  loginProfiles,
  oidcProviders,
  passwordPolicies,
  roleDeletions,
  samlProviders,
  serviceCredentials,
} from './state.ts'
import * as userOperations from './users.ts'
import { denialWording, invalidInput } from './wording.ts'

const operations: readonly OperationHandler[] = [
  userOperations.createUser,
  userOperations.getUser,
  userOperations.listUsers,
  userOperations.updateUser,
  userOperations.deleteUser,
  userOperations.tagUser,
  userOperations.untagUser,
  userOperations.listUserTags,
  groupOperations.createGroup,
  groupOperations.getGroup,
  groupOperations.listGroups,
  groupOperations.listGroupsForUser,
  groupOperations.updateGroup,
  groupOperations.deleteGroup,
  groupOperations.addUserToGroup,
  groupOperations.removeUserFromGroup,
  roleOperations.createRole,
  roleOperations.getRole,
  roleOperations.listRoles,
  roleOperations.updateRole,
  roleOperations.updateRoleDescription,
  roleOperations.updateAssumeRolePolicy,
  roleOperations.deleteRole,
  roleOperations.tagRole,
  roleOperations.untagRole,
  roleOperations.listRoleTags,
  ...inlinePolicyOperations,
  ...attachmentOperations,
  managed.createPolicy,
  managed.getPolicy,
  managed.listPolicies,
  managed.deletePolicy,
  managed.tagPolicy,
  managed.untagPolicy,
  managed.listPolicyTags,
  listEntitiesForPolicy,
  versions.createPolicyVersion,
  versions.getPolicyVersion,
  versions.listPolicyVersions,
  versions.setDefaultPolicyVersion,
  versions.deletePolicyVersion,
  boundaries.putUserPermissionsBoundary,
  boundaries.deleteUserPermissionsBoundary,
  boundaries.putRolePermissionsBoundary,
  boundaries.deleteRolePermissionsBoundary,
  accessKeyOperations.createAccessKey,
  accessKeyOperations.listAccessKeys,
  accessKeyOperations.updateAccessKey,
  accessKeyOperations.deleteAccessKey,
  accessKeyOperations.getAccessKeyLastUsed,
  profiles.createInstanceProfile,
  profiles.getInstanceProfile,
  profiles.listInstanceProfiles,
  profiles.listInstanceProfilesForRole,
  profiles.deleteInstanceProfile,
  profiles.addRoleToInstanceProfile,
  profiles.removeRoleFromInstanceProfile,
  profiles.tagInstanceProfile,
  profiles.untagInstanceProfile,
  profiles.listInstanceProfileTags,
  linkedRoles.createServiceLinkedRole,
  linkedRoles.deleteServiceLinkedRole,
  linkedRoles.getServiceLinkedRoleDeletionStatus,
  credentials.createServiceSpecificCredential,
  credentials.listServiceSpecificCredentials,
  credentials.updateServiceSpecificCredential,
  credentials.resetServiceSpecificCredential,
  credentials.deleteServiceSpecificCredential,
  logins.createLoginProfile,
  logins.getLoginProfile,
  logins.updateLoginProfile,
  logins.deleteLoginProfile,
  logins.changePassword,
  oidc.createOpenIdConnectProvider,
  oidc.getOpenIdConnectProvider,
  oidc.listOpenIdConnectProviders,
  oidc.deleteOpenIdConnectProvider,
  oidc.addClientIdToOpenIdConnectProvider,
  oidc.removeClientIdFromOpenIdConnectProvider,
  oidc.updateOpenIdConnectProviderThumbprint,
  oidc.tagOpenIdConnectProvider,
  oidc.untagOpenIdConnectProvider,
  oidc.listOpenIdConnectProviderTags,
  saml.createSamlProvider,
  saml.getSamlProvider,
  saml.listSamlProviders,
  saml.updateSamlProvider,
  saml.deleteSamlProvider,
  saml.tagSamlProvider,
  saml.untagSamlProvider,
  saml.listSamlProviderTags,
  account.createAccountAlias,
  account.deleteAccountAlias,
  account.listAccountAliases,
  account.getAccountSummary,
  passwords.getAccountPasswordPolicy,
  passwords.updateAccountPasswordPolicy,
  passwords.deleteAccountPasswordPolicy,
  getAccountAuthorizationDetails,
  simulateCustomPolicy,
  simulatePrincipalPolicy,
  contextKeys.getContextKeysForCustomPolicy,
  contextKeys.getContextKeysForPrincipalPolicy,
]

/** Identity and Access Management: who exists in an account, and what each may do. */
export const iam = service('iam', {
  operations: operations.map(refusingSessions),
  tasks: [linkedRoles.removeLinkedRole],
  resources: [
    accessKeyType,
    groupType,
    groupPolicyType,
    instanceProfileType,
    managedPolicyType,
    oidcProviderType,
    policyType,
    roleType,
    rolePolicyType,
    samlProviderType,
    serviceLinkedRoleType,
    userType,
    userPolicyType,
    userToGroupAdditionType,
  ],
  tables: [
    users,
    groups,
    roles,
    policies,
    accessKeys,
    instanceProfiles,
    loginProfiles,
    serviceCredentials,
    oidcProviders,
    samlProviders,
    accountAliases,
    passwordPolicies,
    roleDeletions,
  ],
  // IAM's calls are about the caller's own account, AWS's own policies included, which name none.
  resourceAccess: ({ accountId }) => ({ accountId }),
  denialWording,
  errors: { invalidInput },
})
