import { orderedKey } from '@cloud-orrery/kernel'
import { ChangeResourceRecordSets, ListResourceRecordSets } from '@cloud-orrery/models/route53'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { normalName, reversedName } from '../shared/dns/names.ts'
import { type RecordSet, recordSets } from '../shared/dns/state.ts'
import { applyBatch } from './change-batch.ts'
import { submitted } from './changes.ts'
import { nameProblem } from './domain-names.ts'
import { invalidChangeBatch, invalidRequest, noSuchHealthCheck } from './errors.ts'
import { changesPerBatchMax, recordSetsPerPageMax, valueBytesPerBatchMax } from './limits.ts'
import { recordSetView } from './record-set-view.ts'
import { healthChecks, hostedZones } from './state.ts'
import { ownZone, zoneArn } from './zone-access.ts'
import { pageSize } from './zone-listings.ts'

export const changeResourceRecordSets = operation(ChangeResourceRecordSets, {
  authorize(input) {
    const changes = input.ChangeBatch.Changes
    // Source: developer guide, "Using IAM policy conditions for fine-grained access control", how names are normalized.
    const names = changes.map(({ ResourceRecordSet: { Name } }) =>
      (normalName(Name) ?? Name).replace(/\.$/, ''),
    )
    return {
      resource: zoneArn(input),
      context: {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': [...new Set(names)],
        'route53:ChangeResourceRecordSetsRecordTypes': [
          ...new Set(changes.map((change) => change.ResourceRecordSet.Type)),
        ],
        'route53:ChangeResourceRecordSetsActions': [
          ...new Set(changes.map(({ Action }) => Action)),
        ],
      },
    }
  },
  provenance: 'recorded',
  run(ctx, { HostedZoneId, ChangeBatch: { Changes, Comment } }) {
    const { zone, details } = ownZone(ctx, HostedZoneId)
    if (Changes.length > changesPerBatchMax) {
      throw invalidChangeBatch([`Number of records limit of ${changesPerBatchMax} exceeded.`])
    }
    let bytes = 0
    for (const { Action, ResourceRecordSet } of Changes) {
      const own = (ResourceRecordSet.ResourceRecords ?? [])
        .map(({ Value }) => Value)
        .join('').length
      bytes += Action === 'UPSERT' ? 2 * own : own
      checkHealth(ctx, ResourceRecordSet.HealthCheckId)
    }
    if (bytes > valueBytesPerBatchMax) {
      throw invalidChangeBatch([`Number of characters limit of ${valueBytesPerBatchMax} exceeded.`])
    }
    const grown = applyBatch(ctx, zone, Changes)
    hostedZones.update(ctx, zone.id, { recordSetCount: details.recordSetCount + grown })
    return { ChangeInfo: submitted(ctx, Comment) }
  },
})

function checkHealth(ctx: Context, id: string | undefined): void {
  if (id !== undefined && !healthChecks.has(ctx, id)) throw noSuchHealthCheck(id)
}

export const listResourceRecordSets = operation(ListResourceRecordSets, {
  authorize: zoneArn,
  provenance: 'recorded',
  run(ctx, input) {
    const { HostedZoneId, StartRecordName, StartRecordType, StartRecordIdentifier, MaxItems } =
      input
    const { zone } = ownZone(ctx, HostedZoneId)
    if (StartRecordType !== undefined && StartRecordName === undefined) {
      throw invalidRequest('The request contained StartRecordType but not StartRecordName.')
    }
    if (StartRecordIdentifier !== undefined && StartRecordType === undefined) {
      throw invalidRequest('The request contained StartRecordIdentifier but not StartRecordType.')
    }
    const problem = StartRecordName === undefined ? undefined : nameProblem(StartRecordName)
    if (problem !== undefined) throw invalidRequest(problem)
    const itemsMax = pageSize(MaxItems, recordSetsPerPageMax)
    const first =
      StartRecordName === undefined ? '' : reversedName(normalName(StartRecordName) ?? '.')
    const from = orderedKey(zone.id, first, StartRecordType ?? '', StartRecordIdentifier ?? '')
    const page: RecordSet[] = []
    let next: RecordSet | undefined
    for (const set of recordSets.scan(ctx, { prefix: orderedKey(zone.id, ''), from })) {
      if (page.length === itemsMax) {
        next = set
        break
      }
      page.push(set)
    }
    return {
      ResourceRecordSets: page.map(recordSetView),
      IsTruncated: next !== undefined,
      ...(next === undefined ? {} : { NextRecordName: next.name, NextRecordType: next.type }),
      ...(next?.setIdentifier === undefined ? {} : { NextRecordIdentifier: next.setIdentifier }),
      MaxItems: String(itemsMax),
    }
  },
})
