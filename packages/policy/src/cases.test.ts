import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ConditionElement, PolicyDocument } from './document.ts'
import {
  type AuthorizationRequest,
  type ContextValue,
  denialMessage,
  evaluate,
  explain,
  type PolicySet,
  type Principal,
  principalContext,
  type SourcedPolicy,
} from './index.ts'

/** One row of `cases/*.json`; documents are given in place or by their name in the file. */
interface Case {
  readonly name: string
  readonly source?: string
  readonly principal?: string
  readonly action?: string
  readonly resource?: string
  readonly account?: string
  readonly kind?: 'normal' | 'trust' | 'required'
  readonly context?: Readonly<Record<string, ContextValue>>
  /** Short for an identity policy that allows everything under this condition. */
  readonly condition?: ConditionElement
  readonly identity?: readonly Document[]
  readonly boundary?: readonly Document[]
  readonly session?: readonly Document[]
  readonly resourcePolicy?: Document
  readonly scp?: readonly (readonly Document[])[]
  readonly rcp?: readonly (readonly Document[])[]
  /** Such as `allowed by identity`, `explicit-deny by resource`, `implicit-deny for boundary`. */
  readonly expect: string
  readonly message?: string
}

type Document = string | PolicyDocument

interface CaseFile {
  readonly source: string
  readonly documents?: Readonly<Record<string, PolicyDocument>>
  readonly cases: readonly Case[]
}

const folder = new URL('./cases/', import.meta.url)
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
const principals: Readonly<Record<string, Principal>> = read('principals.json')
const files = readdirSync(folder).filter((name) => name !== 'principals.json')

function requestOf(row: Case): AuthorizationRequest {
  const principal = principals[row.principal ?? 'ana']
  if (principal === undefined) throw new Error(`no principal ${row.principal}`)
  return {
    principal,
    action: row.action ?? 's3:GetObject',
    resource: row.resource ?? 'arn:aws:s3:::amzn-s3-demo-bucket/key',
    context: { ...principalContext(principal), ...row.context },
    ...(row.account === undefined ? {} : { resourceAccountId: row.account }),
    ...(row.kind === undefined ? {} : { resourcePolicyKind: row.kind }),
  }
}

function policiesOf(row: Case, { documents = {} }: CaseFile): PolicySet {
  const sourced = (document: Document): SourcedPolicy => {
    if (typeof document !== 'string') return { source: 'a policy', document }
    const named = documents[document]
    if (named === undefined) throw new Error(`no document ${document}`)
    return {
      source: document,
      ...(document.startsWith('arn:') && { arn: document }),
      document: named,
    }
  }
  const list = (group: readonly Document[] = []) => group.map(sourced)
  const conditional: PolicyDocument[] =
    row.condition === undefined ? [] : [allowEverythingUnder(row.condition)]
  return {
    identity: list([...(row.identity ?? []), ...conditional]),
    ...(row.boundary && { boundary: list(row.boundary) }),
    ...(row.session && { session: list(row.session) }),
    ...(row.resourcePolicy && { resource: sourced(row.resourcePolicy) }),
    ...(row.scp && { serviceControl: row.scp.map(list) }),
    ...(row.rcp && { resourceControl: row.rcp.map(list) }),
  }
}

function allowEverythingUnder(condition: ConditionElement): PolicyDocument {
  const statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition: condition } as const
  return { Version: '2012-10-17', Statement: statement }
}

let count = 0
for (const name of files) {
  const file: CaseFile = read(name)
  describe(name.replace('.json', ''), () => {
    for (const row of file.cases) {
      count++
      test(`${row.name} (${row.source ?? file.source})`, () => {
        const request = requestOf(row)
        const decision = evaluate(request, policiesOf(row, file))
        const { reason, decidedBy, missing } = decision
        const by = decidedBy === undefined ? '' : ` by ${decidedBy.policy}`
        const got = `${reason}${by}${missing === undefined ? '' : ` for ${missing}`}`
        expect(got, explain(request, decision)).toBe(row.expect)
        if (row.message !== undefined) expect(denialMessage(request, decision)).toBe(row.message)
      })
    }
  })
}

test('the table holds at least 300 cases, each name once in its file', () => {
  expect(count).toBeGreaterThanOrEqual(300)
  for (const name of files) {
    const names = (read(name) as CaseFile).cases.map((row) => row.name)
    expect(new Set(names).size, name).toBe(names.length)
  }
})
