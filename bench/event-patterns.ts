/**
 * How many events a second one rule's pattern is compared with, each parsed from JSON first.
 * Run: node bench/event-patterns.ts, compiled.
 */
import { compilePattern } from '@cloud-orrery/services/shared/event-pattern/compilation'
import { matches } from '@cloud-orrery/services/shared/event-pattern/matching'
import { medianMs, printTable, type Row } from './table.ts'

const patterns: Readonly<Record<string, object>> = {
  'failed resources of a stack': {
    source: ['aws.cloudformation'],
    'detail-type': ['CloudFormation Resource Status Change'],
    detail: {
      'status-details': {
        status: ['CREATE_FAILED', 'UPDATE_FAILED', 'DELETE_FAILED'],
        'status-reason': [{ 'anything-but': { prefix: 'Resource creation cancelled' } }],
      },
    },
  },
  'wildcard, numeric, $or and lists': {
    $or: [
      { detail: { count: [{ numeric: ['>', 5, '<=', 10] }] } },
      { detail: { 'resource-type': [{ wildcard: 'AWS::*::Bucket' }] } },
    ],
    resources: [{ prefix: 'arn:aws:cloudformation:' }],
    detail: { tags: { key: ['team'], value: ['blue'] } },
  },
}

const event = JSON.stringify({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'CloudFormation Resource Status Change',
  source: 'aws.cloudformation',
  account: '111122223333',
  time: '2026-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: ['arn:aws:cloudformation:us-east-1:111122223333:stack/teststack'],
  detail: {
    'stack-id': 'arn:aws:cloudformation:us-east-1:111122223333:stack/teststack',
    'logical-resource-id': 'my-bucket',
    'physical-resource-id': '',
    'status-details': { status: 'CREATE_FAILED', 'status-reason': 'my-bucket already exists' },
    'resource-type': 'AWS::S3::Bucket',
    'client-request-token': '',
    count: 3,
    tags: [
      { key: 'stage', value: 'test' },
      { key: 'team', value: 'blue' },
    ],
  },
})

const eventsPerRun = 50_000
const targetPerSecond = 100_000

const rows: Row[] = []
for (const [what, pattern] of Object.entries(patterns)) {
  const compiled = compilePattern(JSON.stringify(pattern))
  const ms = await medianMs(9, () => {
    for (let i = 0; i < eventsPerRun; i += 1) {
      // Only objects stand in `event`.
      if (!matches(compiled, JSON.parse(event) as object)) throw new Error('the event must match')
    }
  })
  const perSecond = Math.round((eventsPerRun / ms) * 1000)
  rows.push({
    what: `events a second, parsed and matched: ${what}`,
    value: `${perSecond.toLocaleString('en')} events/s`,
    target: `>= ${targetPerSecond.toLocaleString('en')} events/s`,
    ok: perSecond >= targetPerSecond,
  })
}
printTable('Event patterns: parse and match', rows)
