import { service } from '../define.ts'
import {
  accessKeys,
  groups,
  instanceProfiles,
  policies,
  roles,
  users,
} from '../shared/identity/state.ts'
import * as keys from './access-keys.ts'
import { attachmentOperations } from './attachments.ts'
import * as boundaries from './boundaries.ts'
import { inlinePolicyOperations } from './inline-policies.ts'
import * as managed from './managed-policies.ts'
import * as versions from './policy-versions.ts'
import * as roleOperations from './roles.ts'
import { loginProfiles, serviceCredentials } from './state.ts'
import * as userOperations from './users.ts'

/** Identity and Access Management: who exists in an account, and what each may do. */
export const iam = service('iam', {
  operations: [
    userOperations.createUser,
    userOperations.getUser,
    userOperations.listUsers,
    userOperations.updateUser,
    userOperations.deleteUser,
    userOperations.tagUser,
    userOperations.untagUser,
    userOperations.listUserTags,
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
    versions.createPolicyVersion,
    versions.getPolicyVersion,
    versions.listPolicyVersions,
    versions.setDefaultPolicyVersion,
    versions.deletePolicyVersion,
    boundaries.putUserPermissionsBoundary,
    boundaries.deleteUserPermissionsBoundary,
    boundaries.putRolePermissionsBoundary,
    boundaries.deleteRolePermissionsBoundary,
    keys.createAccessKey,
    keys.listAccessKeys,
    keys.updateAccessKey,
    keys.deleteAccessKey,
    keys.getAccessKeyLastUsed,
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
  ],
  // IAM's calls are about the caller's own account, AWS's own policies included, which name none.
  resourceAccess: ({ accountId }) => ({ accountId }),
})
