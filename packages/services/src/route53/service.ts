import { service } from '../define.ts'
import { healthStates, recordSets, zoneCounts, zones } from '../shared/dns/state.ts'
import { getChange } from './changes.ts'
import { healthCheckType } from './cloudformation/health-check.ts'
import { hostedZoneType } from './cloudformation/hosted-zone.ts'
import { recordSetGroupType, recordSetType } from './cloudformation/record-set.ts'
import * as delegation from './delegation-sets.ts'
import { invalidInput } from './errors.ts'
import * as health from './health-checks.ts'
import * as hosted from './hosted-zones.ts'
import { changeResourceRecordSets, listResourceRecordSets } from './record-sets.ts'
import {
  changes,
  delegationSets,
  healthChecks,
  hostedZones,
  resourceTags,
  vpcAuthorizations,
} from './state.ts'
import { changeTags, listTags, listTagsOfMany, taggedResources } from './tags.ts'
import { testDnsAnswer } from './test-dns-answer.ts'
import * as vpcs from './vpcs.ts'
import * as listings from './zone-listings.ts'

/** Amazon Route 53: hosted zones, their records and routing policies. What they answer: `shared/dns`. */
export const route53 = service('route53', {
  operations: [
    vpcs.associateVpc,
    changeResourceRecordSets,
    changeTags,
    health.createHealthCheck,
    hosted.createHostedZone,
    delegation.createReusableDelegationSet,
    vpcs.createVpcAssociationAuthorization,
    health.deleteHealthCheck,
    hosted.deleteHostedZone,
    delegation.deleteReusableDelegationSet,
    vpcs.deleteVpcAssociationAuthorization,
    vpcs.disassociateVpc,
    listings.getAccountLimit,
    getChange,
    hosted.getDnssec,
    health.getHealthCheck,
    health.getHealthCheckCount,
    hosted.getHostedZone,
    listings.getHostedZoneCount,
    listings.getHostedZoneLimit,
    delegation.getReusableDelegationSet,
    delegation.getReusableDelegationSetLimit,
    health.listHealthChecks,
    listings.listHostedZones,
    listings.listHostedZonesByName,
    listings.listHostedZonesByVpc,
    listResourceRecordSets,
    delegation.listReusableDelegationSets,
    listTags,
    listTagsOfMany,
    vpcs.listVpcAssociationAuthorizations,
    testDnsAnswer,
    health.updateHealthCheck,
    hosted.updateHostedZoneComment,
  ],
  resources: [healthCheckType, hostedZoneType, recordSetGroupType, recordSetType],
  tables: [
    changes,
    delegationSets,
    healthChecks,
    healthStates,
    hostedZones,
    recordSets,
    resourceTags,
    vpcAuthorizations,
    zoneCounts,
    zones,
  ],
  taggedResources,
  errors: { invalidInput },
  // Source: developer guide, "Quotas on Route 53 API requests": five a second for an account.
  rateLimits: { default: { perSecond: 5, burst: 5 } },
})
