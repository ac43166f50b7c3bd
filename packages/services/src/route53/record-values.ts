import { isIPv4, isIPv6 } from 'node:net'
import type { RecordType } from '../shared/dns/state.ts'
import { nameProblem } from './domain-names.ts'
import { valuesPerSetMax } from './limits.ts'

/** What is wrong with the values of a record set, in AWS's words; empty where nothing is. */
export function valueProblems(type: RecordType, values: readonly string[]): readonly string[] {
  if (values.length > valuesPerSetMax) {
    return [`Cannot have more than ${valuesPerSetMax} records in a RRSet.`]
  }
  const problems: string[] = []
  const seen = new Set<string>()
  for (const value of values) {
    if (seen.has(value)) problems.push(`Duplicate Resource Record: '${value}'`)
    seen.add(value)
    const problem = problemOf(type, value)
    if (problem !== undefined) problems.push(`Invalid Resource Record: '${problem}'`)
  }
  return problems
}

function fatal(code: string, words: string, value: string): string {
  return `FATAL problem: ${code} (${words}) encountered with '${value}'`
}

function problemOf(type: RecordType, value: string): string | undefined {
  switch (type) {
    case 'A':
      return isIPv4(value)
        ? undefined
        : fatal('ARRDATAIllegalIPv4Address', 'Value is not a valid IPv4 address', value)
    case 'AAAA':
      return isIPv6(value) && !value.includes('%')
        ? undefined
        : fatal('AAAARRDATAIllegalIPv6Address', 'Value is not a valid IPv6 address', value)
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return nameProblem(value)
    case 'TXT':
    case 'SPF':
      return textProblem(value)
    default:
      return fieldsProblem(type, value)
  }
}

const quoted = /^"(?:[^"\\]|\\[\s\S])*"(?:\s*"(?:[^"\\]|\\[\s\S])*")*$/
/** Longest character string, in bytes. Source: RFC 1035, 3.3. */
const stringBytesMax = 255

function textProblem(value: string): string | undefined {
  if (!quoted.test(value)) {
    return fatal('InvalidCharacterString', 'Value should be enclosed in quotation marks', value)
  }
  const strings = value.match(/"(?:[^"\\]|\\[\s\S])*"/g) ?? []
  const isLong = strings.some((text) => {
    const plain = text.slice(1, -1).replace(/\\(?:[0-3][0-7]{2}|[\s\S])/g, '*')
    return Buffer.byteLength(plain) > stringBytesMax
  })
  return isLong ? fatal('CharacterStringTooLong', 'Value is too long', value) : undefined
}

type Fielded = Exclude<RecordType, 'A' | 'AAAA' | 'CNAME' | 'NS' | 'PTR' | 'TXT' | 'SPF'>

interface Fields {
  readonly count: number
  readonly word: string
  /** Bits of each leading number. */
  readonly numbers: readonly number[]
  /** Which of them is a host. */
  readonly host?: number
  /** The last field may hold spaces. */
  readonly open?: true
}

/** Source: developer guide, "Supported DNS record types", the format of each. */
const fieldsOf: Readonly<Record<Fielded, Fields>> = {
  CAA: { count: 3, word: 'Three', numbers: [8], open: true },
  DS: { count: 4, word: 'Four', numbers: [16, 8, 8] },
  HTTPS: { count: 2, word: 'Two', numbers: [16], open: true },
  MX: { count: 2, word: 'Two', numbers: [16], host: 1 },
  NAPTR: { count: 6, word: 'Six', numbers: [16, 16] },
  SOA: { count: 7, word: 'Seven', numbers: [] },
  SRV: { count: 4, word: 'Four', numbers: [16, 16, 16], host: 3 },
  SSHFP: { count: 3, word: 'Three', numbers: [8, 8] },
  SVCB: { count: 2, word: 'Two', numbers: [16], open: true },
  TLSA: { count: 4, word: 'Four', numbers: [8, 8, 8] },
}

// Deviation: of the types with several fields only the words for MX are AWS's own; the others follow them.
function fieldsProblem(type: Fielded, value: string): string | undefined {
  const { count, word, numbers, host, open } = fieldsOf[type]
  const fields = value.trim().split(/\s+/)
  if (open === true ? fields.length < count : fields.length !== count) {
    return fatal(
      `${type}RRDATANot${word}Fields`,
      `${type} record doesn't have ${count} fields`,
      value,
    )
  }
  for (const [i, bits] of numbers.entries()) {
    const field = fields[i] ?? ''
    if (!/^\d{1,5}$/.test(field) || Number(field) >= 2 ** bits) {
      return fatal(`${type}RRDATAIllegalNumber`, `Value is not a valid ${bits}-bit number`, value)
    }
  }
  const name = host === undefined ? undefined : fields[host]
  return name === undefined || name === '.' ? undefined : nameProblem(name)
}
