import { service } from '../define.ts'
import {
  adminInitiateAuth,
  adminRespondToAuthChallenge,
  getTokensFromRefreshToken,
  initiateAuth,
  respondToAuthChallenge,
} from './auth/operations.ts'
import { authSessions } from './auth/state.ts'
import {
  addUserPoolClientSecret,
  createUserPoolClient,
  deleteUserPoolClient,
  deleteUserPoolClientSecret,
  describeUserPoolClient,
  listUserPoolClientSecrets,
  listUserPoolClients,
  updateUserPoolClient,
} from './clients/clients.ts'
import { getUiCustomization, setUiCustomization } from './clients/customizations.ts'
import {
  createUserPoolDomain,
  deleteUserPoolDomain,
  describeUserPoolDomain,
  updateUserPoolDomain,
} from './clients/domains.ts'
import {
  createIdentityProvider,
  deleteIdentityProvider,
  describeIdentityProvider,
  getIdentityProviderByIdentifier,
  listIdentityProviders,
  updateIdentityProvider,
} from './clients/providers.ts'
import {
  createResourceServer,
  deleteResourceServer,
  describeResourceServer,
  listResourceServers,
  updateResourceServer,
} from './clients/resource-servers.ts'
import { clients, customizations, domains, providers, resourceServers } from './clients/state.ts'
import { userPoolClientType } from './cloudformation/client.ts'
import { userPoolDomainType } from './cloudformation/domain.ts'
import { userPoolGroupType, userPoolUserType, userToGroupType } from './cloudformation/people.ts'
import {
  identityProviderType,
  resourceServerType,
  uiCustomizationType,
} from './cloudformation/servers.ts'
import { userPoolType } from './cloudformation/user-pool.ts'
import {
  adminForgetDevice,
  adminGetDevice,
  adminListDevices,
  adminUpdateDeviceStatus,
  confirmDevice,
  forgetDevice,
  getDevice,
  listDevices,
  updateDeviceStatus,
} from './devices/devices.ts'
import { invalidParameter } from './errors.ts'
import {
  adminAddUserToGroup,
  adminListGroupsForUser,
  adminRemoveUserFromGroup,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  listUsersInGroup,
  updateGroup,
} from './groups/groups.ts'
import { hostedLogin } from './hosted/login-host.ts'
import { hostedTables } from './hosted/state.ts'
import { sendText } from './messages/sms.ts'
import { getUserPoolMfaConfig, setUserPoolMfaConfig } from './pools/mfa-config.ts'
import {
  createUserPool,
  deleteUserPool,
  describeUserPool,
  listUserPools,
  updateUserPool,
} from './pools/pools.ts'
import { addCustomAttributes } from './pools/schema.ts'
import { mailsOfDay, pools, whereabouts } from './pools/state.ts'
import { listTagsForResource, tagResource, untagResource } from './pools/tags.ts'
import { tokenSessions } from './tokens/state.ts'
import {
  adminCreateUser,
  adminDeleteUser,
  adminDisableUser,
  adminEnableUser,
  adminGetUser,
  adminResetUserPassword,
  adminSetUserPassword,
  adminUserGlobalSignOut,
} from './users/admin.ts'
import {
  adminDeleteUserAttributes,
  adminUpdateUserAttributes,
  deleteUserAttributes,
  getUserAttributeVerificationCode,
  updateUserAttributes,
  verifyUserAttribute,
} from './users/attribute-changes.ts'
import {
  adminDeleteSoftwareToken,
  adminGetUserAuthFactors,
  adminSetUserMfaPreference,
  adminSetUserSettings,
  associateSoftwareToken,
  getUserAuthFactors,
  setUserMfaPreference,
  setUserSettings,
  verifySoftwareToken,
} from './users/factors.ts'
import { adminDisableProviderForUser, adminLinkProviderForUser } from './users/linking.ts'
import { listUsers } from './users/listing.ts'
import {
  changePassword,
  confirmForgotPassword,
  deleteUserOfToken,
  forgotPassword,
  getUser,
  globalSignOut,
  revokeToken,
} from './users/self-service.ts'
import {
  adminConfirmSignUp,
  confirmSignUp,
  resendConfirmationCode,
  signUp,
} from './users/sign-up.ts'
import { codes, devices, groups, memberships, userCounts, users } from './users/state.ts'
import { unlisted, wellKnownRequest } from './well-known.ts'

/** Amazon Cognito user pools: people who sign up and sign in, and the tokens that say who they are. */
export const cognitoidp = service('cognitoidp', {
  iamPrefix: 'cognito-idp',
  operations: [
    addCustomAttributes,
    addUserPoolClientSecret,
    adminAddUserToGroup,
    adminConfirmSignUp,
    adminCreateUser,
    adminDeleteSoftwareToken,
    adminDeleteUser,
    adminDeleteUserAttributes,
    adminDisableProviderForUser,
    adminDisableUser,
    adminEnableUser,
    adminForgetDevice,
    adminGetDevice,
    adminGetUser,
    adminGetUserAuthFactors,
    adminInitiateAuth,
    adminLinkProviderForUser,
    adminListDevices,
    adminListGroupsForUser,
    adminRemoveUserFromGroup,
    adminResetUserPassword,
    adminRespondToAuthChallenge,
    adminSetUserMfaPreference,
    adminSetUserPassword,
    adminSetUserSettings,
    adminUpdateDeviceStatus,
    adminUpdateUserAttributes,
    adminUserGlobalSignOut,
    associateSoftwareToken,
    changePassword,
    confirmDevice,
    confirmForgotPassword,
    confirmSignUp,
    createGroup,
    createIdentityProvider,
    createResourceServer,
    createUserPool,
    createUserPoolClient,
    createUserPoolDomain,
    deleteGroup,
    deleteIdentityProvider,
    deleteResourceServer,
    deleteUserAttributes,
    deleteUserOfToken,
    deleteUserPool,
    deleteUserPoolClient,
    deleteUserPoolClientSecret,
    deleteUserPoolDomain,
    describeIdentityProvider,
    describeResourceServer,
    describeUserPool,
    describeUserPoolClient,
    describeUserPoolDomain,
    forgetDevice,
    forgotPassword,
    getDevice,
    getGroup,
    getIdentityProviderByIdentifier,
    getTokensFromRefreshToken,
    getUiCustomization,
    getUser,
    getUserAttributeVerificationCode,
    getUserAuthFactors,
    getUserPoolMfaConfig,
    globalSignOut,
    hostedLogin,
    initiateAuth,
    listDevices,
    listGroups,
    listIdentityProviders,
    listResourceServers,
    listTagsForResource,
    listUserPoolClientSecrets,
    listUserPoolClients,
    listUserPools,
    listUsers,
    listUsersInGroup,
    resendConfirmationCode,
    respondToAuthChallenge,
    revokeToken,
    sendText,
    setUiCustomization,
    setUserMfaPreference,
    setUserPoolMfaConfig,
    setUserSettings,
    signUp,
    tagResource,
    untagResource,
    updateDeviceStatus,
    updateGroup,
    updateIdentityProvider,
    updateResourceServer,
    updateUserAttributes,
    updateUserPool,
    updateUserPoolClient,
    updateUserPoolDomain,
    verifySoftwareToken,
    verifyUserAttribute,
    wellKnownRequest,
  ],
  resources: [
    identityProviderType,
    resourceServerType,
    uiCustomizationType,
    userPoolClientType,
    userPoolDomainType,
    userPoolGroupType,
    userPoolType,
    userPoolUserType,
    userToGroupType,
  ],
  tables: [
    authSessions,
    clients,
    codes,
    customizations,
    devices,
    domains,
    groups,
    mailsOfDay,
    memberships,
    pools,
    providers,
    resourceServers,
    tokenSessions,
    userCounts,
    users,
    whereabouts,
    ...hostedTables,
  ],
  *taggedResources(ctx) {
    for (const { arn, tags } of pools.scan(ctx)) yield { arn, tags }
  },
  unlisted,
  errors: { invalidInput: (message) => invalidParameter(message) },
})
