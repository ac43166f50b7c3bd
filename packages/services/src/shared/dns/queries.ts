import type { TableContext } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import type { RecordType } from './state.ts'

/** What the resolver needs of a context; each service's context has it. */
export interface DnsContext extends TableContext {
  /** Model time, ms since 1970. */
  now(): number
  /** With it, a search over seeds may pick any of the weighted records. */
  readonly choose?: Context['choose']
}

/** Who asks. Without one: someone on the internet, of whom nothing is known but the region of the context. */
export interface DnsClient {
  /** The VPC from whose resolver the question comes: it sees that VPC's private zones. */
  readonly vpcId?: string
  /** For latency records. */
  readonly region?: string
  /** Codes, as geolocation records have them. */
  readonly continent?: string
  readonly country?: string
  readonly subdivision?: string
}

export interface DnsQuery {
  /** In any case, with or without the dot at the end. */
  readonly name: string
  readonly type: RecordType
  readonly from?: DnsClient
}

/** One record of an answer. */
export interface DnsRecord {
  /** In the normal form. */
  readonly name: string
  readonly type: RecordType
  /** In s. */
  readonly ttl: number
  /** As in a master file (RFC 1035, 5). */
  readonly data: string
}

/** `SERVFAIL`: a name server that a zone is delegated to is not in the model, or a chain does not end. */
export type Rcode = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL'

export interface DnsAnswer {
  readonly rcode: Rcode
  /** The chain of CNAMEs first, in order. */
  readonly answers: readonly DnsRecord[]
  /** The zone's SOA, where there is nothing of that type or name. */
  readonly authority: readonly DnsRecord[]
  /** Where the chain of CNAMEs and aliases ended, in the normal form; the name asked for, where it has none. */
  readonly canonical: string
  /** Neither a zone nor a service of the model has the name. */
  readonly outside?: true
}

/** Multivalue answers have no more. Source: developer guide, "Multivalue answer routing". */
export const maxValuesPerAnswer = 8
/** Links of a chain of CNAMEs and aliases, after which a resolver gives up. Source: BIND's `max-query-restarts` (11) and Unbound's own (11). */
export const chainMax = 11
