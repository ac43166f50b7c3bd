import { service } from '../define.ts'
import { authorities } from '../shared/certificates/authority.ts'
import { certificates } from '../shared/certificates/state.ts'
import { certificateUses } from '../shared/certificates/uses.ts'
import { approvalRequest } from './approvals.ts'
import {
  deleteCertificate,
  describeCertificate,
  getCertificate,
  listCertificates,
} from './certificates.ts'
import { certificateType } from './cloudformation/certificate.ts'
import { invalidInput } from './errors.ts'
import { watch } from './expiry.ts'
import { importCertificate } from './imports.ts'
import { renewCertificate } from './renewal.ts'
import { requestCertificate, resendValidationEmail } from './requests.ts'
import * as settings from './settings.ts'
import { accountConfigurations, approvals, requestTokens } from './state.ts'
import { validate } from './validation.ts'

/** AWS Certificate Manager: certificates that are proven, issued, renewed and that end. */
export const acm = service('acm', {
  operations: [
    settings.addTags,
    approvalRequest,
    deleteCertificate,
    describeCertificate,
    settings.getAccountConfiguration,
    getCertificate,
    importCertificate,
    listCertificates,
    settings.listTags,
    settings.putAccountConfiguration,
    settings.removeTags,
    renewCertificate,
    requestCertificate,
    resendValidationEmail,
    settings.updateOptions,
  ],
  tasks: [validate, watch],
  resources: [certificateType],
  tables: [
    accountConfigurations,
    approvals,
    authorities,
    certificates,
    certificateUses,
    requestTokens,
  ],
  taggedResources: settings.taggedResources,
  errors: { invalidInput },
})
