import { orderedKey, type TableContext } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { quotaWindowMs, sandboxQuotaPerDay, sandboxRatePerSecond } from './limits.ts'
import {
  type SendingAccount,
  type SendingUsage,
  sendingAccounts,
  sendingUsage,
  sentSeconds,
} from './state.ts'
import type { MailWords } from './words.ts'

/** A new account: in the sandbox, and on its suppression list all that bounces or complains. */
export const newAccount: SendingAccount = {
  productionAccess: false,
  ratePerSecond: sandboxRatePerSecond,
  quotaPerDay: sandboxQuotaPerDay,
  sendingEnabled: true,
  suppressedReasons: ['BOUNCE', 'COMPLAINT'],
}

export function sendingAccount(ctx: TableContext): SendingAccount {
  return sendingAccounts.get(ctx, 'account') ?? newAccount
}

export function changeSendingAccount(ctx: TableContext, fields: Partial<SendingAccount>): void {
  sendingAccounts.put(ctx, { ...sendingAccount(ctx), ...fields })
}

/** Recipients of the last 24 hours. */
export function sentLastDay(ctx: Context): number {
  let sent = sendingUsage.get(ctx, 'usage')?.sent ?? 0
  const beganAtMs = ctx.now() - quotaWindowMs
  for (const { second, recipients } of sentSeconds.scan(ctx)) {
    if (!isPast(second, beganAtMs)) break
    sent -= recipients
  }
  return sent
}

/**
 * Takes a message's recipients from the send rate and the daily quota. A message goes through while anything is
 * left of both, and its other recipients are a debt. Mail for the mailbox simulator is free of the daily quota.
 * Source: SES Developer Guide, "Managing your sending limits"; "Using the mailbox simulator".
 */
export function takeQuota(
  ctx: Context,
  recipients: { readonly all: number; readonly real: number },
  words: MailWords,
): void {
  const { ratePerSecond, quotaPerDay } = sendingAccount(ctx)
  const nowMs = ctx.now()
  const usage = withoutPast(ctx, nowMs - quotaWindowMs) ?? {
    tokens: ratePerSecond,
    filledAtMs: nowMs,
    sent: 0,
  }
  if (quotaPerDay !== unlimited && recipients.real > 0 && usage.sent >= quotaPerDay) {
    throw words.dailyQuotaExceeded()
  }
  const refilled = ((nowMs - usage.filledAtMs) / 1000) * ratePerSecond
  const tokens = Math.min(ratePerSecond, usage.tokens + refilled)
  // A rate below one a second still lets one message through when its time has come.
  if (tokens < Math.min(1, ratePerSecond) - tolerance) throw words.rateExceeded()
  sendingUsage.put(ctx, {
    tokens: tokens - recipients.all,
    filledAtMs: nowMs,
    sent: usage.sent + recipients.real,
  })
  if (recipients.real === 0) return
  const second = Math.floor(nowMs / 1000)
  const before = sentSeconds.get(ctx, orderedKey(second))?.recipients ?? 0
  sentSeconds.put(ctx, { second, recipients: before + recipients.real })
}

/** `Max24HourSend` of accounts without a quota. Source: SES API v2 Reference, SendQuota. */
const unlimited = -1

/** Three refills of a third add up to a little less than one. */
const tolerance = 1e-9

/** A second has left the window when its last millisecond has. */
function isPast(second: number, beganAtMs: number): boolean {
  return second * 1000 + 999 <= beganAtMs
}

/** Forgets seconds that have left the window: each is looked at once, so that sending stays quick. */
function withoutPast(ctx: Context, beganAtMs: number): SendingUsage | undefined {
  const usage = sendingUsage.get(ctx, 'usage')
  if (usage === undefined) return undefined
  let sent = usage.sent
  for (const { second, recipients } of sentSeconds.scan(ctx)) {
    if (!isPast(second, beganAtMs)) break
    sent -= recipients
    sentSeconds.delete(ctx, orderedKey(second))
  }
  return sent === usage.sent ? usage : { ...usage, sent }
}
