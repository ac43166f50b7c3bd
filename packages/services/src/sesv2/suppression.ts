import {
  DeleteSuppressedDestination,
  GetSuppressedDestination,
  ListSuppressedDestinations,
  PutSuppressedDestination,
} from '@cloud-orrery/models/sesv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { suppressionKey } from '../shared/mail/outcomes.ts'
import { type Suppressed, suppressed } from '../shared/mail/state.ts'
import { anywhere } from './authorization.ts'
import { notFound } from './errors.ts'
import { pageOf } from './pages.ts'

function entryOf(ctx: Context, address: string): Suppressed {
  const entry = suppressed.get(ctx, suppressionKey(address))
  if (entry === undefined) {
    throw notFound(`Email address ${address} does not exist on your suppression list.`)
  }
  return entry
}

export const putSuppressedDestination = operation(PutSuppressedDestination, {
  authorize: anywhere,
  provenance: 'modelled',
  refuses: ['TenantName'],
  run(ctx, { EmailAddress, Reason }) {
    suppressed.put(ctx, {
      address: suppressionKey(EmailAddress),
      reason: Reason === 'COMPLAINT' ? 'COMPLAINT' : 'BOUNCE',
      updatedAtMs: ctx.now(),
    })
    return {}
  },
})

export const getSuppressedDestination = operation(GetSuppressedDestination, {
  authorize: anywhere,
  provenance: 'modelled',
  refuses: ['TenantName'],
  run(ctx, { EmailAddress }) {
    const { address, reason, updatedAtMs, messageId, feedbackId } = entryOf(ctx, EmailAddress)
    return {
      SuppressedDestination: {
        EmailAddress: address,
        Reason: reason,
        LastUpdateTime: updatedAtMs,
        ...(messageId === undefined || feedbackId === undefined
          ? {}
          : { Attributes: { MessageId: messageId, FeedbackId: feedbackId } }),
      },
    }
  },
})

export const deleteSuppressedDestination = operation(DeleteSuppressedDestination, {
  authorize: anywhere,
  provenance: 'modelled',
  refuses: ['TenantName'],
  run(ctx, { EmailAddress }) {
    suppressed.delete(ctx, entryOf(ctx, EmailAddress).address)
    return {}
  },
})

export const listSuppressedDestinations = operation(ListSuppressedDestinations, {
  authorize: anywhere,
  provenance: 'modelled',
  refuses: ['TenantName'],
  run(ctx, { Reasons, StartDate, EndDate, NextToken, PageSize }) {
    const page = pageOf({
      records: (after) => suppressed.scan(ctx, after === undefined ? {} : { after }),
      keyOf: ({ address }) => address,
      matching: ({ reason, updatedAtMs }) =>
        (Reasons?.includes(reason) ?? true) &&
        updatedAtMs >= (StartDate ?? updatedAtMs) &&
        updatedAtMs <= (EndDate ?? updatedAtMs),
      token: NextToken,
      sizeMax: PageSize ?? 1000,
      query: ['ListSuppressedDestinations', Reasons, StartDate, EndDate],
    })
    return {
      SuppressedDestinationSummaries: page.items.map(({ address, reason, updatedAtMs }) => ({
        EmailAddress: address,
        Reason: reason,
        LastUpdateTime: updatedAtMs,
      })),
      ...(page.next === undefined ? {} : { NextToken: page.next }),
    }
  },
})
