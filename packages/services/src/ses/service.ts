import { service } from '../define.ts'
import { deniedSending, mailResourceAccess } from '../shared/mail/access.ts'
import { answerAway, comeBack } from '../shared/mail/aftermath.ts'
import { checkRecords, expireVerification } from '../shared/mail/identities.ts'
import { notifyTopic, publishEvent } from '../shared/mail/publication.ts'
import {
  configurationSets,
  contactLists,
  contacts,
  customTemplates,
  identities,
  sendingAccounts,
  sendingStatistics,
  sendingUsage,
  sentSeconds,
  suppressed,
  templates,
  verificationLinks,
} from '../shared/mail/state.ts'
import { accessDenied, invalidInput } from './errors.ts'
import { mailRequest } from './mail-request.ts'

/** Simple Email Service, version 1 of its API, with the state and the tasks of both. */
export const ses = service('ses', {
  operations: [mailRequest],
  tasks: [answerAway, checkRecords, comeBack, expireVerification, notifyTopic, publishEvent],
  tables: [
    configurationSets,
    contactLists,
    contacts,
    customTemplates,
    identities,
    sendingAccounts,
    sendingStatistics,
    sendingUsage,
    sentSeconds,
    suppressed,
    templates,
    verificationLinks,
  ],
  resourceAccess: mailResourceAccess,
  errors: {
    accessDenied: (message, request) => accessDenied(deniedSending(request) ?? message),
    invalidInput,
  },
})
