import { expect, test } from 'vitest'
import type { PolicyDocument, Statement } from '../document.ts'
import type { Principal, RequestContext } from '../request.ts'
import type { AskedRequest, HeldPolicy } from './held-policy.ts'
import { coverPolicies } from './statement-coverage.ts'
import { unusedGrants, unusedGrantText } from './unused-grants.ts'

const roleArn = 'arn:aws:iam::111122223333:role/worker'
const worker: Principal = {
  kind: 'role-session',
  accountId: '111122223333',
  arn: 'arn:aws:sts::111122223333:assumed-role/worker/one',
  roleArn,
  roleId: 'AROAEXAMPLE0000000001',
  sessionName: 'one',
}
const queue = 'arn:aws:sqs:eu-west-1:111122223333:jobs'

let sequence = 0
function asked(
  action: string,
  resource: string,
  more: { allowed?: boolean; principal?: Principal; context?: RequestContext } = {},
): AskedRequest {
  sequence += 1
  const { allowed = true, principal = worker, context = {} } = more
  const firstCall = { sequence, name: action.replace(':', '.') }
  return { request: { principal, action, resource, context }, allowed, uses: 1, firstCall }
}

function held(...statements: Statement[]): HeldPolicy {
  const document: PolicyDocument = { Version: '2012-10-17', Statement: statements }
  return { type: 'identity', owner: roleArn, source: 'inline policy "x" of role worker', document }
}

function told(policies: HeldPolicy[], requests: AskedRequest[]): string[] {
  return unusedGrants(coverPolicies(policies, requests)).map(unusedGrantText)
}

const place = 'inline policy "x" of role worker, statement 1'

test('what is just what was used is no unused grant', () => {
  const policy = held(
    { Effect: 'Allow', Action: ['sqs:SendMessage', 'SQS:ReceiveMessage'], Resource: queue },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/*' },
    { Effect: 'Allow', Action: 'sns:ListTopics', Resource: '*' },
  )
  const requests = [
    asked('sqs:SendMessage', queue),
    asked('sqs:ReceiveMessage', queue),
    asked('s3:GetObject', 'arn:aws:s3:::data/a'),
    asked('sns:ListTopics', '*'),
  ]
  expect(told([policy], requests)).toEqual([])
})

test('a statement, an action and a resource that were never used are told apart', () => {
  const policy = held(
    {
      Effect: 'Allow',
      Action: ['sqs:SendMessage', 'sqs:PurgeQueue'],
      Resource: [queue, `${queue}2`],
    },
    { Sid: 'Old', Effect: 'Allow', Action: 'sns:Publish', Resource: '*' },
  )
  expect(told([policy], [asked('sqs:SendMessage', queue)])).toEqual([
    `${place}: Action sqs:PurgeQueue never used`,
    `${place}: Resource ${queue}2 never used`,
    'inline policy "x" of role worker, statement 2 "Old": the whole statement never used',
  ])
})

test('a wildcard is wider than what it stood for, and the narrower form is told', () => {
  const policy = held({ Effect: 'Allow', Action: 'sqs:*', Resource: '*' })
  const requests = [asked('sqs:SendMessage', queue), asked('sqs:ListQueues', '*')]
  const [statement] = coverPolicies([policy], requests)
  expect(told([policy], requests)).toEqual([
    `${place}: Action sqs:* wider than needed: sqs:ListQueues, sqs:SendMessage would do`,
    `${place}: Resource * wider than needed: *, ${queue} would do`,
  ])
  expect(statement?.narrower).toEqual([
    { Effect: 'Allow', Action: 'sqs:ListQueues', Resource: '*' },
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue },
  ])
})

test('NotAction and PassRole to any service are wider than what was used', () => {
  const passed = asked('iam:PassRole', roleArn, {
    context: { 'iam:PassedToService': 'lambda.amazonaws.com' },
  })
  const pass = held({ Effect: 'Allow', Action: 'iam:PassRole', Resource: roleArn })
  const [statement] = coverPolicies([pass], [passed])
  expect([statement?.state, statement?.narrower?.[0]?.Condition]).toEqual([
    'wider',
    { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
  ])
  const not = held({ Effect: 'Allow', NotAction: 'iam:*', Resource: queue })
  expect(told([not], [asked('sqs:SendMessage', queue)])).toEqual([
    `${place}: the whole statement wider than needed: {"Effect":"Allow","Action":"sqs:SendMessage","Resource":"${queue}"} would do`,
  ])
})

test('a use counts with its first call; a refused call is no use, another caller’s neither', () => {
  const policy = held({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue })
  const stranger: Principal = { ...worker, roleArn: `${roleArn}2` }
  const refused = asked('sqs:SendMessage', queue, { allowed: false })
  const other = asked('sqs:SendMessage', queue, { principal: stranger })
  const [never] = coverPolicies([policy], [refused, other])
  expect([never?.state, never?.uses]).toEqual(['unused', 0])
  const first = asked('sqs:SendMessage', queue)
  const again = { ...asked('sqs:SendMessage', queue), uses: 4 }
  const [used] = coverPolicies([policy], [again, first])
  expect([used?.state, used?.uses, used?.firstCall]).toEqual(['used', 5, first.firstCall])
})

test('conditions say how often they were met and how often they kept someone out', () => {
  const condition = { ArnEquals: { 'aws:SourceArn': queue } }
  const policy: HeldPolicy = {
    type: 'resource',
    owner: 'arn:aws:sns:eu-west-1:111122223333:topic',
    source: 'resource policy',
    document: {
      Statement: {
        Effect: 'Allow',
        Principal: { Service: ['events.amazonaws.com', 's3.amazonaws.com'] },
        Action: 'sns:Publish',
        Resource: '*',
        Condition: condition,
      },
    },
  }
  const principal: Principal = { kind: 'service', service: 'events.amazonaws.com' }
  const publish = (source: string, allowed: boolean) =>
    asked('sns:Publish', policy.owner, { principal, allowed, context: { 'aws:SourceArn': source } })
  const coverage = coverPolicies(
    [policy],
    [publish(queue, true), publish('arn:aws:sqs:::x', false)],
  )
  expect(coverage[0]?.conditions).toEqual([
    { operator: 'ArnEquals', key: 'aws:SourceArn', values: [queue], met: 1, failed: 1 },
  ])
  expect(unusedGrants(coverage).map(({ written }) => written)).toEqual([
    'Service: s3.amazonaws.com',
  ])
})

test('a deny is used when it refused something, and grants nothing', () => {
  const policy = held({ Effect: 'Deny', Action: '*', Resource: '*' })
  expect(coverPolicies([policy], [])[0]?.state).toBe('unused')
  const refused = asked('sqs:SendMessage', queue, { allowed: false })
  expect(coverPolicies([policy], [refused])[0]?.state).toBe('used')
  expect(told([policy], [])).toEqual([])
})

test('what two statements give is redundant in each', () => {
  const statement: Statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue }
  const twice = coverPolicies([held(statement), held(statement)], [asked('sqs:SendMessage', queue)])
  expect(twice.map(({ redundant }) => redundant)).toEqual([true, true])
  const once = coverPolicies([held(statement)], [asked('sqs:SendMessage', queue)])
  expect(once[0]?.redundant).toBe(false)
})

test('trusting the account leaves the choice to the account', () => {
  const policy: HeldPolicy = {
    type: 'trust',
    owner: roleArn,
    source: 'trust policy of role worker',
    document: {
      Statement: { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' },
    },
  }
  const principal: Principal = {
    kind: 'user',
    accountId: '111122223333',
    arn: 'arn:aws:iam::111122223333:user/ana',
    userId: 'AIDAEXAMPLE0000000001',
    userName: 'ana',
  }
  expect(told([policy], [asked('sts:AssumeRole', roleArn, { principal })])).toEqual([])
  expect(told([policy], [])).toEqual([
    'trust policy of role worker, statement 1: the whole statement never used',
  ])
})
