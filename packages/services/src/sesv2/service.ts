import { service } from '../define.ts'
import { deniedSending, mailResourceAccess, taggedMailResources } from '../shared/mail/access.ts'
import {
  getAccount,
  grantProduction,
  putAccountDetails,
  putAccountSendingAttributes,
  putAccountSuppressionAttributes,
} from './account.ts'
import { configurationSetType } from './cloudformation/configuration-set.ts'
import { emailIdentityType } from './cloudformation/email-identity.ts'
import {
  createConfigurationSet,
  deleteConfigurationSet,
  getConfigurationSet,
  listConfigurationSets,
  putDeliveryOptions,
  putReputationOptions,
  putSendingOptions,
  putSuppressionOptions,
  putTrackingOptions,
  putVdmOptions,
} from './configuration-sets.ts'
import { accessDenied, invalidInput } from './errors.ts'
import {
  createEmailIdentity,
  deleteEmailIdentity,
  getEmailIdentity,
  listEmailIdentities,
} from './identities.ts'
import {
  putConfigurationSetAttributes,
  putDkimAttributes,
  putDkimSigningAttributes,
  putFeedbackAttributes,
  putMailFromAttributes,
} from './identity-settings.ts'
import { sendEmail } from './send-email.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'

/** Simple Email Service, version 2 of its API. Its state is shared with version 1. */
export const sesv2 = service('sesv2', {
  iamPrefix: 'ses',
  operations: [
    createConfigurationSet,
    createEmailIdentity,
    deleteConfigurationSet,
    deleteEmailIdentity,
    getAccount,
    getConfigurationSet,
    getEmailIdentity,
    listConfigurationSets,
    listEmailIdentities,
    putAccountDetails,
    putAccountSendingAttributes,
    putAccountSuppressionAttributes,
    putConfigurationSetAttributes,
    putDeliveryOptions,
    putDkimAttributes,
    putDkimSigningAttributes,
    putFeedbackAttributes,
    putMailFromAttributes,
    putReputationOptions,
    putSendingOptions,
    putSuppressionOptions,
    putTrackingOptions,
    putVdmOptions,
    listTagsForResource,
    sendEmail,
    tagResource,
    untagResource,
  ],
  tasks: [grantProduction],
  resources: [configurationSetType, emailIdentityType],
  resourceAccess: mailResourceAccess,
  taggedResources: taggedMailResources,
  errors: {
    accessDenied: (message, request) => accessDenied(deniedSending(request) ?? message),
    invalidInput,
  },
})
