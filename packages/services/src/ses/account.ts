import {
  GetAccountSendingEnabled,
  GetSendQuota,
  GetSendStatistics,
  UpdateAccountSendingEnabled,
} from '@cloud-orrery/models/ses'
import { operation } from '../define.ts'
import { changeSendingAccount, sendingAccount, sentLastDay } from '../shared/mail/quota.ts'
import { statisticsOf } from '../shared/mail/statistics.ts'
import { anywhere } from './authorization.ts'

export const getSendQuota = operation(GetSendQuota, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx) {
    const { quotaPerDay, ratePerSecond } = sendingAccount(ctx)
    return {
      Max24HourSend: quotaPerDay,
      MaxSendRate: ratePerSecond,
      SentLast24Hours: sentLastDay(ctx),
    }
  },
})

export const getSendStatistics = operation(GetSendStatistics, {
  authorize: anywhere,
  provenance: 'modelled',
  run: (ctx) => ({
    SendDataPoints: [...statisticsOf(ctx)].map((point) => ({
      Timestamp: point.startMs,
      DeliveryAttempts: point.attempts,
      Bounces: point.bounces,
      Complaints: point.complaints,
      Rejects: point.rejects,
    })),
  }),
})

export const getAccountSendingEnabled = operation(GetAccountSendingEnabled, {
  authorize: anywhere,
  provenance: 'modelled',
  run: (ctx) => ({ Enabled: sendingAccount(ctx).sendingEnabled }),
})

export const updateAccountSendingEnabled = operation(UpdateAccountSendingEnabled, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { Enabled = false }) {
    changeSendingAccount(ctx, { sendingEnabled: Enabled })
    return {}
  },
})
