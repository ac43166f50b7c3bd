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
import { contactListType } from './cloudformation/contact-list.ts'
import { emailIdentityType } from './cloudformation/email-identity.ts'
import { eventDestinationType } from './cloudformation/event-destination.ts'
import { templateType } from './cloudformation/template.ts'
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
import {
  createContact,
  createContactList,
  deleteContact,
  deleteContactList,
  getContact,
  getContactList,
  listContactLists,
  listContacts,
  updateContact,
  updateContactList,
} from './contacts.ts'
import {
  createCustomTemplate,
  deleteCustomTemplate,
  getCustomTemplate,
  listCustomTemplates,
  sendCustomVerificationEmail,
  updateCustomTemplate,
} from './custom-verification.ts'
import { accessDenied, invalidInput } from './errors.ts'
import {
  createEventDestination,
  deleteEventDestination,
  getEventDestinations,
  updateEventDestination,
} from './event-destinations.ts'
import {
  createEmailIdentity,
  deleteEmailIdentity,
  getEmailIdentity,
  listEmailIdentities,
} from './identities.ts'
import {
  createEmailIdentityPolicy,
  deleteEmailIdentityPolicy,
  getEmailIdentityPolicies,
  updateEmailIdentityPolicy,
} from './identity-policies.ts'
import {
  putConfigurationSetAttributes,
  putDkimAttributes,
  putDkimSigningAttributes,
  putFeedbackAttributes,
  putMailFromAttributes,
} from './identity-settings.ts'
import { linkRequest } from './link-request.ts'
import { sendBulkEmail } from './send-bulk-email.ts'
import { sendEmail } from './send-email.ts'
import {
  deleteSuppressedDestination,
  getSuppressedDestination,
  listSuppressedDestinations,
  putSuppressedDestination,
} from './suppression.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'
import {
  createEmailTemplate,
  deleteEmailTemplate,
  getEmailTemplate,
  listEmailTemplates,
  testRenderEmailTemplate,
  updateEmailTemplate,
} from './templates.ts'

/** Simple Email Service, version 2 of its API. Its state and its tasks are shared with version 1. */
export const sesv2 = service('sesv2', {
  iamPrefix: 'ses',
  operations: [
    linkRequest,
    createConfigurationSet,
    createContact,
    createContactList,
    createCustomTemplate,
    createEmailIdentity,
    createEmailIdentityPolicy,
    createEmailTemplate,
    createEventDestination,
    deleteConfigurationSet,
    deleteContact,
    deleteContactList,
    deleteCustomTemplate,
    deleteEmailIdentity,
    deleteEmailIdentityPolicy,
    deleteEmailTemplate,
    deleteEventDestination,
    deleteSuppressedDestination,
    getAccount,
    getConfigurationSet,
    getContact,
    getContactList,
    getCustomTemplate,
    getEmailIdentity,
    getEmailIdentityPolicies,
    getEmailTemplate,
    getEventDestinations,
    getSuppressedDestination,
    listConfigurationSets,
    listContactLists,
    listContacts,
    listCustomTemplates,
    listEmailIdentities,
    listEmailTemplates,
    listSuppressedDestinations,
    listTagsForResource,
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
    putSuppressedDestination,
    putSuppressionOptions,
    putTrackingOptions,
    putVdmOptions,
    sendBulkEmail,
    sendCustomVerificationEmail,
    sendEmail,
    tagResource,
    testRenderEmailTemplate,
    untagResource,
    updateContact,
    updateContactList,
    updateCustomTemplate,
    updateEmailIdentityPolicy,
    updateEmailTemplate,
    updateEventDestination,
  ],
  tasks: [grantProduction],
  resources: [
    configurationSetType,
    contactListType,
    emailIdentityType,
    eventDestinationType,
    templateType,
  ],
  resourceAccess: mailResourceAccess,
  taggedResources: taggedMailResources,
  errors: {
    accessDenied: (message, request) => accessDenied(deniedSending(request) ?? message),
    invalidInput,
  },
})
