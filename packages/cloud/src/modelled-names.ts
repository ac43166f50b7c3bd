import { canonicalName } from '@cloud-orrery/services/shared/dns/resolve'
import type { Cloud } from './cloud.ts'
import { endpointOf } from './hosts.ts'
import { operationOfHost } from './service-names.ts'

/** A name for which a service answers plain HTTP. */
export interface ServedName {
  readonly name: string
  readonly folder: string
  readonly operation: string
}

/** What names of AWS's are, by their form alone: a few come again with every call. */
const ownNames = new Map<string, ServedName | 'endpoint' | undefined>()
const ownNamesMax = 1_000

/** An API's endpoint, or a name that a service answers plain HTTP for. Undefined: neither. */
function ownNameOf(host: string): ServedName | 'endpoint' | undefined {
  if (ownNames.has(host)) return ownNames.get(host)
  const served = operationOfHost(host)
  const own =
    served !== undefined
      ? { ...served, name: host }
      : endpointOf(host) === undefined
        ? undefined
        : 'endpoint'
  if (ownNames.size >= ownNamesMax) ownNames.clear()
  ownNames.set(host, own)
  return own
}

/** Who answers plain HTTP to a host: by its own name, or by the one at the end of its chain in the model's DNS. */
export function servedAt(cloud: Cloud, host: string): ServedName | undefined {
  const own = ownNameOf(host)
  if (own === 'endpoint') return undefined
  if (own !== undefined) return own
  const { store, clock } = cloud.kernel
  const { defaultAccountId: accountId, defaultRegion: region } = cloud
  const name = canonicalName({ store, accountId, region, now: () => clock.nowMs }, host)
  if (name === host) return undefined
  const found = operationOfHost(name)
  return found === undefined ? undefined : { ...found, name }
}

/** Whether a host is one of the model's: an endpoint of AWS's, or a name that a service answers for. */
export function isModelled(cloud: Cloud, host: string): boolean {
  return ownNameOf(host) === 'endpoint' || servedAt(cloud, host) !== undefined
}
