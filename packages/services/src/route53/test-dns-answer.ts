import { TestDNSAnswer } from '@cloud-orrery/models/route53'
import { operation } from '../define.ts'
import { hostOf, isWithin, normalName } from '../shared/dns/names.ts'
import type { RecordType } from '../shared/dns/state.ts'
import { lookUp } from '../shared/dns/zone-lookup.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { nameProblem } from './domain-names.ts'
import { invalidRequest } from './errors.ts'
import { ownZone, zoneArn } from './zone-access.ts'

/** What one name server of a zone answers: its own records, no chain followed. */
export const testDnsAnswer = operation(TestDNSAnswer, {
  authorize: zoneArn,
  provenance: 'modelled',
  refuses: ['ResolverIP', 'EDNS0ClientSubnetIP', 'EDNS0ClientSubnetMask'],
  run(ctx, { HostedZoneId, RecordName, RecordType: type }) {
    const { zone } = ownZone(ctx, HostedZoneId)
    if (zone.vpcs !== undefined) throw notModelled('route53:TestDNSAnswer of a private hosted zone')
    const problem = nameProblem(RecordName)
    if (problem !== undefined) throw invalidRequest(problem)
    const name = normalName(RecordName) ?? '.'
    const common = {
      Nameserver: hostOf(zone.nameServers[0] ?? ''),
      RecordName,
      RecordType: type,
      Protocol: 'UDP',
    }
    if (!isWithin(name, zone.name)) return { ...common, RecordData: [], ResponseCode: 'REFUSED' }
    const next = () => ctx.random.float()
    // The model's enum was checked; it is ours.
    const answer = lookUp(ctx, zone, name, type as RecordType, { client: {}, next })
    return {
      ...common,
      RecordData: answer.records.map(({ data }) => data),
      ResponseCode: answer.rcode,
    }
  },
})
