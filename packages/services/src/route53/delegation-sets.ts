import {
  CreateReusableDelegationSet,
  type DelegationSet,
  DeleteReusableDelegationSet,
  GetReusableDelegationSet,
  GetReusableDelegationSetLimit,
  ListReusableDelegationSets,
} from '@cloud-orrery/models/route53'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { hostOf } from '../shared/dns/names.ts'
import { newId } from './changes.ts'
import {
  delegationSetAlreadyCreated,
  delegationSetAlreadyReusable,
  delegationSetInUse,
  limitsExceeded,
  noSuchDelegationSet,
} from './errors.ts'
import { delegationSetsPerAccountMax, zonesPerDelegationSetMax } from './limits.ts'
import { drawnNameServers } from './name-servers.ts'
import { type DelegationSetRecord, delegationSets, hostedZones } from './state.ts'
import { arnOf, bareId, ownZone } from './zone-access.ts'
import { pageSize } from './zone-listings.ts'

function view({ id, callerReference, nameServers }: DelegationSetRecord): DelegationSet {
  return {
    Id: `/delegationset/${id}`,
    CallerReference: callerReference,
    NameServers: nameServers.map(hostOf),
  }
}

export const createReusableDelegationSet = operation(CreateReusableDelegationSet, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { CallerReference, HostedZoneId }) {
    if (delegationSets.count(ctx) >= delegationSetsPerAccountMax) {
      throw limitsExceeded(
        `An account has at most ${delegationSetsPerAccountMax} reusable delegation sets.`,
      )
    }
    for (const { callerReference } of delegationSets.scan(ctx)) {
      if (callerReference === CallerReference) throw delegationSetAlreadyCreated()
    }
    const own = HostedZoneId === undefined ? undefined : ownZone(ctx, HostedZoneId)
    if (own?.details.delegationSetId !== undefined) throw delegationSetAlreadyReusable()
    const set = delegationSets.put(ctx, {
      id: newId(ctx, 'N'),
      callerReference: CallerReference,
      nameServers: own?.zone.nameServers ?? drawnNameServers(ctx),
    })
    if (own !== undefined) hostedZones.update(ctx, own.zone.id, { delegationSetId: set.id })
    return {
      DelegationSet: view(set),
      Location: `https://route53.amazonaws.com/2013-04-01/delegationset/${set.id}`,
    }
  },
})

function setOf(ctx: Context, id: string): DelegationSetRecord {
  const set = delegationSets.get(ctx, bareId(id))
  if (set === undefined) throw noSuchDelegationSet(bareId(id))
  return set
}

export const getReusableDelegationSet = operation(GetReusableDelegationSet, {
  authorize: ({ Id }) => arnOf('delegationset', Id),
  provenance: 'modelled',
  run: (ctx, { Id }) => ({ DelegationSet: view(setOf(ctx, Id)) }),
})

export const deleteReusableDelegationSet = operation(DeleteReusableDelegationSet, {
  authorize: ({ Id }) => arnOf('delegationset', Id),
  provenance: 'modelled',
  run(ctx, { Id }) {
    const { id } = setOf(ctx, Id)
    if (hostedZones.first(ctx, 'delegationSet', id) !== undefined) throw delegationSetInUse()
    delegationSets.delete(ctx, id)
    return {}
  },
})

export const listReusableDelegationSets = operation(ListReusableDelegationSets, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { Marker = '', MaxItems }) {
    const itemsMax = pageSize(MaxItems)
    const found: DelegationSetRecord[] = []
    for (const set of delegationSets.scan(ctx, { from: bareId(Marker) })) {
      found.push(set)
      if (found.length > itemsMax) break
    }
    const next = found[itemsMax]
    return {
      DelegationSets: found.slice(0, itemsMax).map(view),
      Marker,
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { NextMarker: next.id }),
      MaxItems: String(itemsMax),
    }
  },
})

export const getReusableDelegationSetLimit = operation(GetReusableDelegationSetLimit, {
  authorize: ({ DelegationSetId }) => arnOf('delegationset', DelegationSetId),
  provenance: 'modelled',
  run(ctx, { DelegationSetId, Type }) {
    const { id } = setOf(ctx, DelegationSetId)
    const Count = [...hostedZones.where(ctx, 'delegationSet', id)].length
    return { Limit: { Type, Value: zonesPerDelegationSetMax }, Count }
  },
})
