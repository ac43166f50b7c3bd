import {
  type Change,
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53'
import { client, createCloud } from '@cloud-orrery/cloud'
import type { DnsClient } from '../shared/dns/queries.ts'
import { resolve } from '../shared/dns/resolve.ts'
import type { RecordType } from '../shared/dns/state.ts'

/** A cloud with one public zone, and ways to change and ask it. */
export async function zoneOf(name = 'orrery.dev') {
  const cloud = createCloud({ deepFreeze: true })
  const route53 = client(cloud, Route53Client)
  const made = await route53.send(
    new CreateHostedZoneCommand({ Name: name, CallerReference: 'zone' }),
  )
  const zoneId = made.HostedZone?.Id?.replace('/hostedzone/', '') ?? ''
  const batch = (changes: Change[], HostedZoneId = zoneId) =>
    route53.send(
      new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes: changes } }),
    )
  return {
    cloud,
    route53,
    zoneId,
    made,
    batch,
    change: (Action: Change['Action'], set: ResourceRecordSet) =>
      batch([{ Action, ResourceRecordSet: set }]),
    ask: (name: string, type: RecordType = 'A', from: DnsClient = {}) =>
      resolve(
        {
          ...cloud.scope('123456789012', 'us-east-1'),
          now: () => cloud.kernel.clock.nowMs,
        },
        { name, type, from },
      ),
  }
}

export function record(Name: string, Type: RecordType, ...values: string[]): ResourceRecordSet {
  return { Name, Type, TTL: 300, ResourceRecords: values.map((Value) => ({ Value })) }
}

/** Code and message of a call that is refused. */
export async function refusal(call: Promise<unknown>): Promise<readonly [string, string]> {
  try {
    await call
  } catch (error) {
    if (error instanceof Error) return [error.name, error.message]
  }
  return ['', 'not refused']
}
