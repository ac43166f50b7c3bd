import {
  GetAccount,
  PutAccountDetails,
  PutAccountSendingAttributes,
  PutAccountSuppressionAttributes,
} from '@cloud-orrery/models/sesv2'
import { operation, task } from '../define.ts'
import {
  productionQuotaPerDay,
  productionRatePerSecond,
  productionReviewMs,
} from '../shared/mail/limits.ts'
import { changeSendingAccount, sendingAccount, sentLastDay } from '../shared/mail/quota.ts'
import { anywhere } from './authorization.ts'
import { conflict } from './errors.ts'

export const getAccount = operation(GetAccount, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx) {
    const account = sendingAccount(ctx)
    const { details } = account
    return {
      DedicatedIpAutoWarmupEnabled: account.dedicatedIpWarmup ?? true,
      EnforcementStatus: 'HEALTHY',
      ProductionAccessEnabled: account.productionAccess,
      SendQuota: {
        Max24HourSend: account.quotaPerDay,
        MaxSendRate: account.ratePerSecond,
        SentLast24Hours: sentLastDay(ctx),
      },
      SendingEnabled: account.sendingEnabled,
      SuppressionAttributes: { SuppressedReasons: account.suppressedReasons },
      ...(details === undefined
        ? {}
        : {
            Details: {
              MailType: details.mailType,
              WebsiteURL: details.websiteUrl,
              ContactLanguage: details.language ?? 'EN',
              ...(details.useCase === undefined ? {} : { UseCaseDescription: details.useCase }),
              AdditionalContactEmailAddresses: details.contacts ?? [],
              ReviewDetails: { Status: details.review },
            },
          }),
      VdmAttributes: { VdmEnabled: account.vdm?.enabled ?? 'DISABLED' },
    }
  },
})

/** Asks for production access. Deviation: the model always grants it, after the day that AWS allows itself. */
export const putAccountDetails = operation(PutAccountDetails, {
  authorize: anywhere,
  provenance: 'simplified',
  run(ctx, input) {
    const account = sendingAccount(ctx)
    if (account.details?.review === 'PENDING') {
      throw conflict('A request for production access is being reviewed already.')
    }
    const asks = input.ProductionAccessEnabled === true && !account.productionAccess
    changeSendingAccount(ctx, {
      details: {
        mailType: input.MailType,
        websiteUrl: input.WebsiteURL,
        ...(input.ContactLanguage === undefined ? {} : { language: input.ContactLanguage }),
        ...(input.UseCaseDescription === undefined ? {} : { useCase: input.UseCaseDescription }),
        ...(input.AdditionalContactEmailAddresses === undefined
          ? {}
          : { contacts: input.AdditionalContactEmailAddresses }),
        review: asks ? 'PENDING' : 'GRANTED',
      },
    })
    if (asks) ctx.after(productionReviewMs, grantProduction, {})
    return {}
  },
})

export const grantProduction = task<object>('sesv2.grantProduction', {
  run(ctx) {
    const { details, quotaPerDay, ratePerSecond } = sendingAccount(ctx)
    changeSendingAccount(ctx, {
      productionAccess: true,
      quotaPerDay: Math.max(quotaPerDay, productionQuotaPerDay),
      ratePerSecond: Math.max(ratePerSecond, productionRatePerSecond),
      ...(details === undefined ? {} : { details: { ...details, review: 'GRANTED' as const } }),
    })
  },
})

export const putAccountSendingAttributes = operation(PutAccountSendingAttributes, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { SendingEnabled = false }) {
    changeSendingAccount(ctx, { sendingEnabled: SendingEnabled })
    return {}
  },
})

export const putAccountSuppressionAttributes = operation(PutAccountSuppressionAttributes, {
  authorize: anywhere,
  provenance: 'modelled',
  refuses: ['ValidationAttributes'],
  run(ctx, { SuppressedReasons = [] }) {
    changeSendingAccount(ctx, { suppressedReasons: SuppressedReasons })
    return {}
  },
})
