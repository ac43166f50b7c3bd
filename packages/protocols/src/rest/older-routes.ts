import type { OperationModel, ServiceModel } from '@cloud-orrery/models'

/**
 * Methods and URIs of before, under which AWS still answers the clients of then: their members stand in the query.
 * Source: `@aws-sdk/client-sesv2` 3.1137, botocore before 1.44; the models of 2026 have POSTs with bodies.
 */
const olderBindings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sesv2: {
    ListConfigurationSets: '/v2/email/configuration-sets',
    ListEmailIdentities: '/v2/email/identities',
  },
}

/** Operations as their older clients send them: by GET, without the members that came later. */
export function olderForms({ name, operations }: ServiceModel): OperationModel[] {
  return Object.entries(olderBindings[name] ?? {}).flatMap(([operation, uri]) => {
    const now = operations[operation]
    if (now === undefined) return []
    const members = Object.values(now.input.members ?? {})
      .filter(({ shape }) => shape.type !== 'map')
      .map((member) => [member.name, { ...member, location: 'query' as const }])
    const http = { method: 'GET', uri, status: now.http?.status ?? 200 }
    return [{ ...now, http, input: { ...now.input, members: Object.fromEntries(members) } }]
  })
}
