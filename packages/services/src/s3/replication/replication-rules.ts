import type { ReplicationConfiguration, ReplicationRule } from '@cloud-orrery/models/s3'
import { invalidRequest, malformedXml, notModelled } from '../errors.ts'
import { replicationRulesMax } from '../limits.ts'
import type { VersionRecord } from '../state.ts'

/** Rules with a filter are of the newer schema: they say everything themselves. */
export function checkReplicationRules({ Rules }: ReplicationConfiguration): void {
  if (Rules.length === 0 || Rules.length > replicationRulesMax) throw malformedXml()
  const priorities = Rules.map(({ Priority }) => Priority).filter((one) => one !== undefined)
  if (new Set(priorities).size < priorities.length) {
    throw invalidRequest('Found duplicate priorities in the replication configuration.')
  }
  for (const rule of Rules) {
    checkSchema(rule)
    refuseUnbuilt(rule)
  }
}

/** The words are those that S3 is known for, not recorded. */
function checkSchema({ Filter, Prefix, Priority, DeleteMarkerReplication }: ReplicationRule): void {
  if (Filter === undefined) return
  if (Prefix !== undefined) throw malformedXml()
  const schema =
    'must be specified for this version of Cross Region Replication configuration schema. Please refer to S3 Developer Guide for more information.'
  if (Priority === undefined) throw invalidRequest(`Priority ${schema}`)
  if (DeleteMarkerReplication === undefined) {
    throw invalidRequest(`DeleteMarkerReplication ${schema}`)
  }
  const hasTags = Filter.Tag !== undefined || (Filter.And?.Tags ?? []).length > 0
  if (hasTags && DeleteMarkerReplication.Status === 'Enabled') {
    throw invalidRequest(
      'Delete marker replication is not supported if any Tag filter is specified. Please refer to S3 Developer Guide for more information.',
    )
  }
}

function refuseUnbuilt({
  ExistingObjectReplication,
  SourceSelectionCriteria,
  Destination,
}: ReplicationRule): void {
  const refuse = (what: string) => notModelled('PutBucketReplication', what)
  if (ExistingObjectReplication?.Status === 'Enabled') throw refuse('ExistingObjectReplication')
  if (SourceSelectionCriteria?.ReplicaModifications?.Status === 'Enabled') {
    throw refuse('ReplicaModifications')
  }
  if (Destination.ReplicationTime?.Status === 'Enabled') throw refuse('ReplicationTime')
  if (Destination.Metrics?.Status === 'Enabled') throw refuse('Metrics')
}

/** The rules by which a version goes, one for each destination: the one of the highest priority. */
export function replicationRulesFor(
  { Rules }: ReplicationConfiguration,
  version: VersionRecord,
): ReplicationRule[] {
  const chosen = new Map<string, ReplicationRule>()
  for (const rule of Rules) {
    if (!isFor(rule, version)) continue
    const { Bucket } = rule.Destination
    const other = chosen.get(Bucket)
    if (other === undefined || (rule.Priority ?? 0) > (other.Priority ?? 0))
      chosen.set(Bucket, rule)
  }
  return [...chosen.values()]
}

function isFor(rule: ReplicationRule, version: VersionRecord): boolean {
  const { Filter, Prefix } = rule
  const prefix = Prefix ?? Filter?.Prefix ?? Filter?.And?.Prefix ?? ''
  const tags = Filter?.And?.Tags ?? (Filter?.Tag === undefined ? [] : [Filter.Tag])
  if (rule.Status !== 'Enabled' || !version.key.startsWith(prefix)) return false
  if (version.isDeleteMarker) {
    // Rules of the older schema always copy them.
    return Filter === undefined || rule.DeleteMarkerReplication?.Status === 'Enabled'
  }
  if (!tags.every(({ Key, Value }) => version.tags[Key] === Value)) return false
  const takesKms = rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status === 'Enabled'
  return version.encryption?.kind !== 'kms' || takesKms
}
