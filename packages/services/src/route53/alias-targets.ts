import type { Context } from '../context.ts'
import { isWithin } from '../shared/dns/names.ts'
import { isServed } from '../shared/dns/served-names.ts'
import { type RecordSet, setsOf, type ZoneRecord, zones } from '../shared/dns/state.ts'

/** Zones of services whose names are known: others' are taken as they come. Source: AWS General Reference, endpoints. */
const serviceZones: Readonly<Record<string, string>> = {
  Z2FDTNDATAQYW2: 'cloudfront.net.',
  Z3AQBSTGFYJSTF: 's3-website-us-east-1.amazonaws.com.',
  Z2O1EMRO9K5GLX: 's3-website.us-east-2.amazonaws.com.',
  Z2F56UZL2M1ACD: 's3-website-us-west-1.amazonaws.com.',
  Z3BJ6K6RIION7M: 's3-website-us-west-2.amazonaws.com.',
  Z1BKCTXD74EZPE: 's3-website-eu-west-1.amazonaws.com.',
  Z21DNDUVLTQW6Q: 's3-website.eu-central-1.amazonaws.com.',
}

/** What is wrong with an alias, in AWS's words. The sets are those of the zone once the batch is done. */
export function aliasProblems(
  ctx: Context,
  zone: ZoneRecord,
  set: RecordSet,
  targetsInBatch: (name: string, type: RecordSet['type']) => boolean,
): readonly string[] {
  const { alias, type } = set
  if (alias === undefined) return []
  const tried = `Tried to create an alias that targets ${alias.name}, type ${type} in zone ${alias.zoneId}, but`
  const outside = `${tried} the alias target name does not lie within the target zone`
  const missing = `${tried} that target was not found`
  const own = alias.zoneId === zone.id ? zone : zones.get(ctx, alias.zoneId)
  if (own !== undefined) {
    const isThere =
      own === zone
        ? targetsInBatch(alias.name, type)
        : setsOf(ctx, own.id, alias.name, type).length > 0
    const lies = isWithin(alias.name, own.name)
    return [...(lies ? [] : [outside]), ...(isThere ? [] : [missing])]
  }
  const domain = serviceZones[alias.zoneId]
  const fits = domain === undefined ? isServed(alias.name) : isWithin(alias.name, domain)
  return fits ? [] : [outside, missing]
}
