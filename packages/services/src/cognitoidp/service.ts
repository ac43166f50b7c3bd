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
import { clients, customizations, domains, providers, resourceServers } from './clients/state.ts'
import { invalidParameter } from './errors.ts'
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
    adminConfirmSignUp,
    adminCreateUser,
    adminDeleteUser,
    adminDisableUser,
    adminEnableUser,
    adminGetUser,
    adminInitiateAuth,
    adminResetUserPassword,
    adminRespondToAuthChallenge,
    adminSetUserPassword,
    adminUserGlobalSignOut,
    confirmSignUp,
    createUserPool,
    createUserPoolClient,
    deleteUserPool,
    deleteUserPoolClient,
    deleteUserPoolClientSecret,
    describeUserPool,
    describeUserPoolClient,
    getTokensFromRefreshToken,
    getUserPoolMfaConfig,
    initiateAuth,
    listTagsForResource,
    listUserPoolClientSecrets,
    listUserPoolClients,
    listUserPools,
    resendConfirmationCode,
    respondToAuthChallenge,
    sendText,
    setUserPoolMfaConfig,
    signUp,
    tagResource,
    untagResource,
    updateUserPool,
    updateUserPoolClient,
    wellKnownRequest,
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
  ],
  *taggedResources(ctx) {
    for (const { arn, tags } of pools.scan(ctx)) yield { arn, tags }
  },
  unlisted,
  errors: { invalidInput: (message) => invalidParameter(message) },
})
