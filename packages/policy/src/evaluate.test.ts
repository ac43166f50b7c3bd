import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AuthorizationRequest,
  applyChange,
  type ConditionElement,
  evaluate,
  explain,
  type PolicyDocument,
  type PolicySet,
  type Principal,
  principalContext,
  type SourcedPolicy,
  type Statement,
} from './index.ts'

const principals: Readonly<Record<string, Principal>> = JSON.parse(
  readFileSync(new URL('./cases/principals.json', import.meta.url), 'utf8'),
)

const resources = [
  'arn:aws:s3:::b/k',
  'arn:aws:s3:::b/Ana/k',
  'arn:aws:sqs:us-east-1:111122223333:q',
  '*',
]
const actions = ['s3:GetObject', 's3:PutObject', 'sqs:SendMessage']
const named = [
  '*',
  '111122223333',
  '444455556666',
  ...Object.values(principals).flatMap((p) => ('arn' in p ? [p.arn] : [])),
  'arn:aws:iam::111122223333:role/examplerole',
]

const condition = fc.constantFrom<ConditionElement>(
  { StringEquals: { 'aws:username': 'Ana' } },
  { StringNotEquals: { 'aws:username': 'Ana' } },
  { Bool: { 'aws:PrincipalIsAWSService': 'false' } },
  { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
  { 'ForAnyValue:StringLike': { 'aws:TagKeys': '?' } },
  { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
  { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:*' } },
)

function statement(withPrincipal: boolean): fc.Arbitrary<Statement> {
  const principal = fc.oneof(
    fc.constant('*' as const),
    fc.record({ AWS: fc.subarray(named, { minLength: 1 }) }),
    fc.constant({ Service: 'sns.amazonaws.com' }),
  )
  return fc
    .record({
      Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
      action: fc.constantFrom('*', 's3:*', 's3:Get*', 'sqs:SendMessage'),
      notAction: fc.boolean(),
      resource: fc.constantFrom('*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/${aws:username}/*'),
      notResource: fc.boolean(),
      principal,
      notPrincipal: fc.boolean(),
      condition: fc.option(condition, { nil: undefined }),
    })
    .map((s) => ({
      Effect: s.Effect,
      ...(s.notAction ? { NotAction: s.action } : { Action: s.action }),
      ...(s.notResource ? { NotResource: s.resource } : { Resource: s.resource }),
      ...(!withPrincipal
        ? {}
        : s.notPrincipal
          ? { NotPrincipal: s.principal }
          : { Principal: s.principal }),
      ...(s.condition === undefined ? {} : { Condition: s.condition }),
    }))
}

function sourced(name: string, withPrincipal = false): fc.Arbitrary<SourcedPolicy> {
  return fc.array(statement(withPrincipal), { minLength: 1, maxLength: 4 }).map((Statement) => ({
    source: name,
    document: { Version: '2012-10-17', Statement } satisfies PolicyDocument,
  }))
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const policySets: fc.Arbitrary<PolicySet> = fc
  .record({
    identity: fc.array(sourced('identity'), { maxLength: 2 }),
    boundary: optional(fc.tuple(sourced('boundary'))),
    session: optional(fc.array(sourced('session'), { maxLength: 2 })),
    resource: optional(sourced('resource', true)),
    serviceControl: optional(fc.array(fc.tuple(sourced('scp')), { maxLength: 2 })),
    resourceControl: optional(fc.array(fc.tuple(sourced('rcp', true)), { maxLength: 2 })),
  })
  .map(
    (set) =>
      // Absent groups are left out, as exact optional properties ask; the rest keeps its type.
      Object.fromEntries(
        Object.entries(set).filter(([, v]) => v !== undefined),
      ) as unknown as PolicySet,
  )

const requests: fc.Arbitrary<AuthorizationRequest> = fc
  .record({
    principal: fc.constantFrom(...Object.values(principals)),
    action: fc.constantFrom(...actions),
    resource: fc.constantFrom(...resources),
    resourceAccountId: fc.constantFrom('111122223333', '444455556666'),
    resourcePolicyKind: fc.constantFrom('normal' as const, 'trust' as const, 'required' as const),
    keys: fc.constantFrom({}, { 'aws:TagKeys': ['a'] }, { 'aws:SourceIp': '10.1.1.1' }),
  })
  .map(({ keys, ...request }) => ({
    ...request,
    context: { ...principalContext(request.principal), ...keys },
  }))

type Edit = (statements: readonly Statement[]) => readonly Statement[]

/** The set with the same edit made to every document. */
function edited(set: PolicySet, edit: Edit): PolicySet {
  const one = ({ source, document }: SourcedPolicy): SourcedPolicy => {
    const statements = [document.Statement].flat() as readonly Statement[]
    return { source, document: { ...document, Statement: edit(statements) } }
  }
  const group = (policies: readonly SourcedPolicy[]) => policies.map(one)
  return {
    identity: group(set.identity),
    ...(set.boundary && { boundary: group(set.boundary) }),
    ...(set.session && { session: group(set.session) }),
    ...(set.resource && { resource: one(set.resource) }),
    ...(set.serviceControl && { serviceControl: set.serviceControl.map(group) }),
    ...(set.resourceControl && { resourceControl: set.resourceControl.map(group) }),
  }
}

const runs = { numRuns: 1500, seed: 3 }

test('a further deny never allows what was not allowed', () => {
  fc.assert(
    fc.property(requests, policySets, statement(true), (request, set, extra) => {
      const { Principal, NotPrincipal, ...rest } = extra
      const deny = { ...rest, Effect: 'Deny' as const }
      const before = evaluate(request, set).allowed
      const after = evaluate(
        request,
        edited(set, (s) => [...s, deny]),
      ).allowed
      expect(before || !after).toBe(true)
    }),
    runs,
  )
})

test('taking allows away never allows what was not allowed', () => {
  fc.assert(
    fc.property(requests, policySets, fc.nat(3), (request, set, gone) => {
      const drop: Edit = (s) => s.filter((x, i) => x.Effect === 'Deny' || i !== gone)
      const before = evaluate(request, set).allowed
      expect(before || !evaluate(request, edited(set, drop)).allowed).toBe(true)
    }),
    runs,
  )
})

test('the order of statements has no influence on the decision', () => {
  fc.assert(
    fc.property(requests, policySets, (request, set) => {
      const before = evaluate(request, set)
      const after = evaluate(
        request,
        edited(set, (s) => s.toReversed()),
      )
      expect([after.reason, after.missing]).toEqual([before.reason, before.missing])
    }),
    runs,
  )
})

test('the explanation finds the same statements that the decision found', () => {
  fc.assert(
    fc.property(requests, policySets, (request, set) => {
      const decision = evaluate(request, set)
      const explained = decision.explanation.policies.flatMap(({ policy, statements }) =>
        statements.filter(({ matched }) => matched).map((s) => `${policy} ${s.statementIndex}`),
      )
      const found = decision.matched.map((s) => `${s.policy} ${s.statementIndex}`)
      // Organization policies that don't bind the caller are explained but not counted.
      expect(explained).toEqual(expect.arrayContaining(found))
      expect(explain(request, decision).split('\n')[0]).toBe(
        decision.allowed ? 'ALLOWED' : 'DENIED',
      )
    }),
    { ...runs, numRuns: 500 },
  )
})

test('the changes that a denial suggests do allow the request, and none is idle', () => {
  fc.assert(
    fc.property(requests, policySets, (request, set) => {
      const { explanation, allowed } = evaluate(request, set)
      const changes = explanation.remedy?.changes ?? []
      expect(changes.length > 0).toBe(!allowed)
      const changed = changes.reduce(applyChange, set)
      expect(evaluate(request, changed).allowed).toBe(true)
      const short = changes.slice(0, -1).reduce(applyChange, set)
      expect(evaluate(request, short).allowed).toBe(allowed)
    }),
    { ...runs, numRuns: 800 },
  )
})

test('everything about a decision is plain data', () => {
  fc.assert(
    fc.property(requests, policySets, (request, set) => {
      const decision = evaluate(request, set)
      expect(structuredClone(decision)).toEqual({ ...decision })
    }),
    { ...runs, numRuns: 200 },
  )
})
