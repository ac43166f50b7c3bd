import type { Context } from '../context.ts'
import { type ZoneRecord, zones } from '../shared/dns/state.ts'
import { noSuchHostedZone, notYours } from './errors.ts'
import { type HostedZoneRecord, hostedZones } from './state.ts'

/** An id as it is or as answers have it: `/hostedzone/Z…`, `/change/C…`. */
export function bareId(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

/** The ARN of what an id names: `zoneArn('/hostedzone/Z1')`. Ids that the input lacks give a pattern of nothing. */
export function arnOf(
  kind: 'hostedzone' | 'change' | 'healthcheck' | 'delegationset',
  id: string,
): string {
  return `arn:aws:route53:::${kind}/${bareId(id)}`
}

export function zoneArn(input: { readonly HostedZoneId: string }): string {
  return arnOf('hostedzone', input.HostedZoneId)
}

export interface OwnZone {
  readonly zone: ZoneRecord
  readonly details: HostedZoneRecord
}

/** A zone of the caller's account. Throws NoSuchHostedZone, or AccessDenied where another account owns it. */
export function ownZone(ctx: Context, id: string): OwnZone {
  const zone = zones.get(ctx, bareId(id))
  const details = hostedZones.get(ctx, bareId(id))
  if (zone === undefined || details === undefined) throw noSuchHostedZone(bareId(id))
  if (zone.accountId !== ctx.accountId) {
    const { principal } = ctx.caller
    throw notYours('arn' in principal ? principal.arn : 'anonymous')
  }
  return { zone, details }
}
