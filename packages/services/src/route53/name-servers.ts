import type { Context } from '../context.ts'

/** The top-level domains among which the four servers of a zone are spread, and the first number of each. */
const spread = [
  { domain: 'com', first: 0 },
  { domain: 'net', first: 512 },
  { domain: 'org', first: 1024 },
  { domain: 'co.uk', first: 1536 },
] as const
/** Servers of each top-level domain. */
const serversEach = 512
/** Numbered `awsdns` domains of each. */
const domainsEach = 64

/** Four name servers of a public zone, drawn at random as Route 53 assigns them; in the normal form. */
export function drawnNameServers({ random }: Context): readonly string[] {
  const servers = spread.map(({ domain, first }) => {
    const number = first + random.below(serversEach)
    return `ns-${number}.awsdns-${String(random.below(domainsEach)).padStart(2, '0')}.${domain}.`
  })
  for (let i = servers.length - 1; i > 0; i -= 1) {
    const other = random.below(i + 1)
    ;[servers[i], servers[other]] = [servers[other] ?? '', servers[i] ?? '']
  }
  return servers
}

/** The same four for every private zone: nobody can ask them. */
export const privateNameServers = spread.map(
  ({ domain, first }) => `ns-${first}.awsdns-00.${domain}.`,
)

/** The first server answers for the zone's SOA. Source: developer guide, "The start of authority (SOA) record". */
export function soaOf(nameServers: readonly string[]): string {
  return `${nameServers[0] ?? ''} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`
}
