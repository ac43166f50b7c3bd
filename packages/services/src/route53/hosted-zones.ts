import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateHostedZone,
  type DelegationSet,
  DeleteHostedZone,
  GetDNSSEC,
  GetHostedZone,
  type HostedZone,
  UpdateHostedZoneComment,
} from '@cloud-orrery/models/route53'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { hostOf } from '../shared/dns/names.ts'
import {
  nextZoneNumber,
  recordSets,
  type ZoneRecord,
  type ZoneVpc,
  zones,
} from '../shared/dns/state.ts'
import { newId, submitted } from './changes.ts'
import { zoneName } from './domain-names.ts'
import {
  conflictingDomainExists,
  hostedZoneAlreadyExists,
  hostedZoneNotEmpty,
  invalidRequest,
  limitsExceeded,
  noSuchDelegationSet,
  tooManyHostedZones,
} from './errors.ts'
import { initialTtl, zonesPerAccountMax, zonesPerDelegationSetMax } from './limits.ts'
import { drawnNameServers, privateNameServers, soaOf } from './name-servers.ts'
import {
  type DelegationSetRecord,
  delegationSets,
  hostedZones,
  vpcAuthorizations,
} from './state.ts'
import { deleteTags } from './tags.ts'
import { knownVpc, vpcContext, vpcView } from './vpcs.ts'
import { arnOf, bareId, type OwnZone, ownZone } from './zone-access.ts'

export function zoneView({ zone, details }: OwnZone): HostedZone {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name,
    CallerReference: details.callerReference,
    Config: {
      ...(details.comment === undefined ? {} : { Comment: details.comment }),
      PrivateZone: zone.vpcs !== undefined,
    },
    ResourceRecordSetCount: details.recordSetCount,
  }
}

function delegationView({ zone, details }: OwnZone): DelegationSet {
  const id = details.delegationSetId
  return {
    ...(id === undefined ? {} : { Id: `/delegationset/${id}` }),
    NameServers: zone.nameServers.map(hostOf),
  }
}

export const createHostedZone = operation(CreateHostedZone, {
  authorize: ({ VPC }) => ({ resource: '*', context: vpcContext(VPC) }),
  provenance: 'recorded',
  async run(ctx, input) {
    const { Name, VPC, HostedZoneConfig, CallerReference } = input
    if (HostedZoneConfig?.PrivateZone === true && VPC === undefined) {
      throw invalidRequest('When you create a private hosted zone, you must specify a VPC.')
    }
    const name = zoneName(Name, VPC !== undefined)
    const vpc = VPC === undefined ? undefined : await knownVpc(ctx, VPC)
    if (
      hostedZones.first(ctx, 'reference', orderedKey(ctx.accountId, CallerReference)) !== undefined
    ) {
      throw hostedZoneAlreadyExists()
    }
    let count = 0
    for (const _ of zones.where(ctx, 'account', ctx.accountId)) count += 1
    if (count >= zonesPerAccountMax) throw tooManyHostedZones(zonesPerAccountMax)
    const set =
      input.DelegationSetId === undefined
        ? undefined
        : sharedSet(ctx, input.DelegationSetId, name, vpc)
    const made = newZone(ctx, name, vpc, set, {
      CallerReference,
      Comment: HostedZoneConfig?.Comment,
    })
    return {
      HostedZone: zoneView(made),
      ChangeInfo: submitted(ctx),
      DelegationSet: delegationView(made),
      ...(vpc === undefined ? {} : { VPC: vpcView(vpc) }),
      Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${made.zone.id}`,
    }
  },
})

/** A reusable delegation set, if a zone of that name can have it. */
function sharedSet(
  ctx: Context,
  id: string,
  name: string,
  vpc: ZoneVpc | undefined,
): DelegationSetRecord {
  if (vpc !== undefined) {
    throw invalidRequest(
      "You can't associate a reusable delegation set with a private hosted zone.",
    )
  }
  const set = delegationSets.get(ctx, bareId(id))
  if (set === undefined) throw noSuchDelegationSet(bareId(id))
  const users = [...hostedZones.where(ctx, 'delegationSet', set.id)]
  if (users.length >= zonesPerDelegationSetMax) {
    throw limitsExceeded(
      `The delegation set ${set.id} is in use by ${zonesPerDelegationSetMax} hosted zones, which is the limit.`,
    )
  }
  // The servers of a set can't tell two zones by one name apart.
  if (users.some((user) => zones.get(ctx, user.id)?.name === name)) {
    throw conflictingDomainExists(
      `Cannot create hosted zone with DelegationSetId as the DNSName ${name} conflicts with existing ones sharing the delegation set`,
    )
  }
  return set
}

function newZone(
  ctx: Context,
  name: string,
  vpc: ZoneVpc | undefined,
  set: DelegationSetRecord | undefined,
  { CallerReference, Comment }: { CallerReference: string; Comment?: string | undefined },
): OwnZone {
  const { accountId } = ctx
  const id = newId(ctx, 'Z')
  const nameServers =
    vpc !== undefined ? privateNameServers : (set?.nameServers ?? drawnNameServers(ctx))
  const zone: ZoneRecord = zones.put(ctx, {
    id,
    accountId,
    name,
    number: nextZoneNumber(ctx),
    nameServers,
    ...(vpc === undefined ? {} : { vpcs: [vpc] }),
  })
  const own = { zoneId: id, name }
  recordSets.put(ctx, { ...own, type: 'NS', ttl: initialTtl.ns, values: nameServers })
  recordSets.put(ctx, { ...own, type: 'SOA', ttl: initialTtl.soa, values: [soaOf(nameServers)] })
  const details = hostedZones.put(ctx, {
    id,
    accountId,
    callerReference: CallerReference,
    recordSetCount: 2,
    ...(Comment === undefined ? {} : { comment: Comment }),
    ...(set === undefined ? {} : { delegationSetId: set.id }),
  })
  return { zone, details }
}

export const getHostedZone = operation(GetHostedZone, {
  authorize: ({ Id }) => arnOf('hostedzone', Id),
  provenance: 'modelled',
  run(ctx, { Id }) {
    const own = ownZone(ctx, Id)
    const { vpcs } = own.zone
    return {
      HostedZone: zoneView(own),
      ...(vpcs === undefined
        ? { DelegationSet: delegationView(own) }
        : { VPCs: vpcs.map(vpcView) }),
    }
  },
})

export const deleteHostedZone = operation(DeleteHostedZone, {
  authorize: ({ Id }) => arnOf('hostedzone', Id),
  provenance: 'recorded',
  run(ctx, { Id }) {
    const { zone, details } = ownZone(ctx, Id)
    const own = [...recordSets.scan(ctx, { prefix: orderedKey(zone.id, '') })]
    const isRequired = ({ name, type }: (typeof own)[number]) =>
      name === zone.name && (type === 'NS' || type === 'SOA')
    if (details.recordSetCount > 2 || !own.every(isRequired)) throw hostedZoneNotEmpty()
    for (const set of own) recordSets.delete(ctx, recordSets.options.key(set))
    for (const it of [...vpcAuthorizations.scan(ctx, { prefix: orderedKey(zone.id, '') })]) {
      vpcAuthorizations.delete(ctx, vpcAuthorizations.options.key(it))
    }
    deleteTags(ctx, 'hostedzone', zone.id)
    zones.delete(ctx, zone.id)
    hostedZones.delete(ctx, zone.id)
    return { ChangeInfo: submitted(ctx) }
  },
})

export const updateHostedZoneComment = operation(UpdateHostedZoneComment, {
  authorize: ({ Id }) => arnOf('hostedzone', Id),
  provenance: 'modelled',
  run(ctx, { Id, Comment }) {
    const { zone, details } = ownZone(ctx, Id)
    const { comment: _, ...rest } = details
    const next = hostedZones.put(ctx, {
      ...rest,
      ...(Comment === undefined || Comment === '' ? {} : { comment: Comment }),
    })
    return { HostedZone: zoneView({ zone, details: next }) }
  },
})

/** No zone of the model is signed: keys are refused by name. */
export const getDnssec = operation(GetDNSSEC, {
  authorize: ({ HostedZoneId }) => arnOf('hostedzone', HostedZoneId),
  provenance: 'modelled',
  run(ctx, { HostedZoneId }) {
    ownZone(ctx, HostedZoneId)
    return { Status: { ServeSignature: 'NOT_SIGNING' }, KeySigningKeys: [] }
  },
})
