import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coverPolicies } from '../coverage/statement-coverage.ts'
import { unusedGrants } from '../coverage/unused-grants.ts'
import { evaluate } from '../evaluate.ts'
import type { AuthorizationRequest, PolicySet } from '../request.ts'
import { leastPolicy } from './least-policy.ts'
import { leaningOf, type Need } from './need.ts'
import { variantsOf } from './variant.ts'

const role = {
  kind: 'role-session',
  accountId: '111122223333',
  arn: 'arn:aws:sts::111122223333:assumed-role/worker/one',
  roleArn: 'arn:aws:iam::111122223333:role/worker',
  roleId: 'AROAEXAMPLE0000000001',
  sessionName: 'one',
} as const

function need(action: string, resource: string, more: Partial<Need> = {}): Need {
  return { action, resource, context: {}, written: [], uses: 1, firstCall: 1, ...more }
}

function requestOf({ action, resource, context }: Need): AuthorizationRequest {
  return { principal: role, action, resource, context }
}

function allows(document: PolicySet['identity'][number]['document'], asked: Need): boolean {
  return evaluate(requestOf(asked), { identity: [{ source: 'least', document }] }).allowed
}

const queue = 'arn:aws:sqs:eu-west-1:111122223333:jobs'

test('actions on the same resources share a statement, in alphabetical order', () => {
  const needs = [
    need('sqs:SendMessage', queue),
    need('sqs:ReceiveMessage', queue),
    need('sqs:ReceiveMessage', queue),
    need('sns:ListTopics', '*'),
  ]
  expect(leastPolicy(needs).document).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'sns:ListTopics', Resource: '*' },
      { Effect: 'Allow', Action: ['sqs:ReceiveMessage', 'sqs:SendMessage'], Resource: queue },
    ],
  })
})

test('ten objects are listed, eleven become their common folder', () => {
  const objects = (count: number) =>
    Array.from({ length: count }, (_, i) => need('s3:GetObject', `arn:aws:s3:::data/in/2026/${i}`))
  const ten = leastPolicy(objects(10))
  expect([ten.document.Statement[0]?.Resource?.length, ten.generalised]).toEqual([10, []])
  const eleven = leastPolicy(objects(11))
  expect(eleven.document.Statement).toEqual([
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/in/2026/*' },
  ])
  expect(eleven.generalised).toMatchObject([{ rule: 'objects', distinct: 11 }])
})

test('a pattern of the present policy is kept only where it stays within one container', () => {
  const asked = (...written: string[]) =>
    leastPolicy([need('s3:GetObject', 'arn:aws:s3:::data/a.txt', { written })]).document
      .Statement[0]?.Resource
  expect(asked('arn:aws:s3:::data/*')).toBe('arn:aws:s3:::data/*')
  expect(asked('arn:aws:s3:::data/*', 'arn:aws:s3:::*', '*')).toBe('arn:aws:s3:::data/*')
  for (const wide of ['*', 'arn:aws:s3:::*', 'arn:aws:s3:::dat*', 'arn:aws:s3:::*/a.txt']) {
    expect(asked(wide)).toBe('arn:aws:s3:::data/a.txt')
  }
  const parameter = 'arn:aws:ssm:eu-west-1:111122223333:parameter/app/key'
  const written = ['arn:aws:ssm:eu-west-1:111122223333:parameter/*']
  const { document } = leastPolicy([need('ssm:GetParameter', parameter, { written })])
  expect(document.Statement[0]?.Resource).toBe(parameter)
})

test('names that AWS makes up are no part of a policy', () => {
  const group = 'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f'
  const { document, generalised } = leastPolicy([
    need('logs:CreateLogGroup', `${group}:log-stream:`),
    need('logs:PutLogEvents', `${group}:log-stream:2026/01/01/[$LATEST]abc`),
  ])
  const actions = ['logs:CreateLogGroup', 'logs:PutLogEvents']
  expect(document.Statement).toEqual([{ Effect: 'Allow', Action: actions, Resource: `${group}:*` }])
  expect(generalised).toMatchObject([{ rule: 'generated', actions }])
})

test('PassRole names the service that the role is passed to', () => {
  const passed = (service: string) =>
    need('iam:PassRole', role.roleArn, { context: { 'iam:PassedToService': service } })
  expect(leastPolicy([passed('lambda.amazonaws.com')]).document.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: role.roleArn,
      Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
  ])
  const both = leastPolicy([passed('lambda.amazonaws.com'), passed('events.amazonaws.com')])
  expect(both.document.Statement[0]?.Condition).toEqual({
    StringEquals: { 'iam:PassedToService': ['events.amazonaws.com', 'lambda.amazonaws.com'] },
  })
})

test('conditions on what never varied are there when asked for', () => {
  const context = {
    'aws:ResourceTag/team': 'red',
    'aws:CurrentTime': '2026',
    'aws:SourceIp': '::1',
  }
  const other = { ...context, 'aws:ResourceTag/team': 'blue' }
  const once = [need('sqs:SendMessage', queue, { context })]
  expect(leastPolicy(once).document.Statement[0]?.Condition).toBeUndefined()
  expect(leastPolicy(once, { narrowing: true }).document.Statement[0]?.Condition).toEqual({
    StringEquals: { 'aws:ResourceTag/team': 'red' },
  })
  const twice = [...once, need('sqs:SendMessage', queue, { context: other })]
  expect(leastPolicy(twice, { narrowing: true }).document.Statement[0]?.Condition).toBeUndefined()
})

test('wildcard characters of a name stand for themselves', () => {
  const odd = need('s3:GetObject', 'arn:aws:s3:::data/a*b?$c')
  const { document } = leastPolicy([odd])
  expect(document.Statement[0]?.Resource).toBe('arn:aws:s3:::data/a${*}b${?}${$}c')
  expect(allows(document, odd)).toBe(true)
  expect(allows(document, need('s3:GetObject', 'arn:aws:s3:::data/axb?$c'))).toBe(false)
})

test('what does not fit an inline policy becomes managed policies; what fits none is said', () => {
  const long = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      need(`sqs:Action${i % 7}`, `arn:aws:sqs:eu-west-1:111122223333:${'q'.repeat(40)}${i}`),
    )
  const some = leastPolicy(long(200)).packing
  expect([some.form, some.fits]).toEqual(['managed', true])
  expect(some.documents.every(({ characters }) => characters <= 6144)).toBe(true)
  const many = leastPolicy(long(1000)).packing
  expect([many.form, many.fits]).toEqual(['managed', false])
  expect(many.note).toContain('more than the 10')
  const user = leastPolicy(long(30), { kind: 'user' }).packing
  expect([user.form, user.documents.length]).toEqual(['managed', 1])
})

test('what a resource policy gives by itself is no need of the role', () => {
  const document = (statement: object) => ({
    source: 'x',
    document: {
      Version: '2012-10-17',
      Statement: statement,
    } as PolicySet['identity'][number]['document'],
  })
  const request = requestOf(need('sqs:SendMessage', queue))
  const identity = [document({ Effect: 'Allow', Action: 'sqs:*', Resource: [queue, '*'] })]
  const named = { Principal: { AWS: role.roleArn }, Effect: 'Allow', Action: '*', Resource: '*' }
  expect(leaningOf(request, { identity })).toEqual({ written: ['*', queue] })
  expect(leaningOf(request, { identity, resource: document(named) })).toBeUndefined()
  const account = { ...named, Principal: { AWS: '111122223333' } }
  expect(leaningOf(request, { identity, resource: document(account) })).toBeDefined()
})

const bucketArns = ['a/1', 'a/2', 'a/b/1', 'b/1', 'c'].map((key) => `arn:aws:s3:::data/${key}`)
const arbitraryNeeds = fc.array(
  fc.record({
    action: fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:DeleteObject', 'sqs:SendMessage'),
    resource: fc.constantFrom(...bucketArns, queue, `${queue}-2`, '*'),
    written: fc.subarray(['*', 'arn:aws:s3:::data/*', 'arn:aws:s3:::data/a/*']),
    context: fc.constantFrom({}, { 'aws:ResourceTag/team': 'red' }, { 'iam:PassedToService': 'x' }),
  }),
  { minLength: 1, maxLength: 25 },
)

test('the policy allows all that was needed, and no statement, action or resource of it is superfluous', () => {
  fc.assert(
    fc.property(
      arbitraryNeeds,
      fc.boolean(),
      fc.integer({ min: 1, max: 4 }),
      (drawn, narrowing, objectsMax) => {
        const needs = drawn.map(({ action, resource, ...more }) => need(action, resource, more))
        const { document } = leastPolicy(needs, { narrowing, objectsMax })
        for (const asked of needs) expect(allows(document, asked)).toBe(true)
        for (const variant of variantsOf(document)) {
          expect(needs.some((asked) => !allows(variant.document, asked))).toBe(true)
        }
        const shuffled = leastPolicy(needs.toReversed(), { narrowing, objectsMax })
        expect(shuffled.document).toEqual(document)
      },
    ),
  )
})

test('with exact resources the policy allows the observed calls and no others', () => {
  fc.assert(
    fc.property(arbitraryNeeds, (drawn) => {
      const needs = drawn
        .filter(({ resource }) => resource !== '*')
        .map(({ action, resource }) => need(action, resource))
      const { document } = leastPolicy(needs, { exact: true, objectsMax: 100 })
      const asked = new Set(needs.map(({ action, resource }) => `${action} ${resource}`))
      for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 'sqs:SendMessage']) {
        for (const resource of [...bucketArns, queue, `${queue}-2`]) {
          expect(allows(document, need(action, resource))).toBe(asked.has(`${action} ${resource}`))
        }
      }
    }),
  )
})

test('nothing of the policy is unused or wider than needed, by what it was made from', () => {
  fc.assert(
    fc.property(arbitraryNeeds, fc.integer({ min: 1, max: 4 }), (drawn, objectsMax) => {
      const needs = drawn.map(({ action, resource, ...more }) => need(action, resource, more))
      const { document } = leastPolicy(needs, { objectsMax })
      const held = { type: 'identity', owner: role.roleArn, source: 'least', document } as const
      const asked = needs.map((one) => ({
        request: requestOf(one),
        allowed: true,
        uses: 1,
        firstCall: { sequence: 1, name: one.action },
      }))
      expect(unusedGrants(coverPolicies([held], asked, { objectsMax }))).toEqual([])
    }),
  )
})
