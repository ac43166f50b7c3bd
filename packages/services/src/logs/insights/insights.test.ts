import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetQueryResultsCommand,
  PutLogEventsCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const logGroupName = '/shop/orders'
const logStreamName = 'one'

const lines = [
  '{"level":"info","ms":12,"route":"/pay","user":{"id":"a"},"ip":"10.0.0.7"}',
  '{"level":"warn","ms":250,"route":"/pay","user":{"id":"b"},"ip":"10.1.0.7"}',
  '{"level":"info","ms":30,"route":"/list","user":{"id":"a"},"items":["x","y"]}',
  'plain words: user=carl, took 99 ms',
  'REPORT RequestId: 8286a188-ba32-4475-8077-530cd35c09a9\tDuration: 1.5 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t',
]

async function withLines() {
  const cloud = createCloud({ deepFreeze: true })
  const logs = client(cloud, CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
  const startMs = cloud.kernel.clock.nowMs
  const logEvents = lines.map((message, i) => ({ message, timestamp: startMs + i * 60_000 }))
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
  const start = (queryString: string) =>
    logs.send(
      new StartQueryCommand({
        logGroupName,
        queryString,
        startTime: startMs / 1000,
        endTime: startMs / 1000 + 3600,
      }),
    )
  const results = async (queryString: string) => {
    const { queryId } = await start(queryString)
    await cloud.advance({ seconds: 1 })
    const answer = await logs.send(new GetQueryResultsCommand({ queryId }))
    expect(answer.status).toBe('Complete')
    return (answer.results ?? []).map((row) =>
      Object.fromEntries(
        row.flatMap(({ field = '', value }) => (field === '@ptr' ? [] : [[field, value]])),
      ),
    )
  }
  return { cloud, logs, start, results }
}

test.each<[query: string, rows: object[]]>([
  [
    'filter level = "info" | fields route, ms * 2 as twice | sort ms asc',
    [
      { route: '/pay', twice: '24' },
      { route: '/list', twice: '60' },
    ],
  ],
  [
    'stats count(*) as n, max(ms), avg(ms) as mean by route | sort n desc, route asc',
    [
      { n: '2' },
      { route: '/pay', n: '2', 'max(ms)': '250', mean: '131' },
      { route: '/list', n: '1', 'max(ms)': '30', mean: '30' },
    ],
  ],
  [
    'filter @message like /(?i)PLAIN\\s+words/ | parse "user=*, took * ms" as who, took | display who, took',
    [{ who: 'carl', took: '99' }],
  ],
  [
    'filter @message like "took" | parse @message /user=(?<who>\\w+), took (?<took>\\d+)/ | display who, took + 1 as more',
    [{ who: 'carl', more: '100' }],
  ],
  // A backtracking matcher would take this for ever.
  [
    'filter @message like "took" | parse @message /(?i)(?<words>((([a-z ]+))+)+)9{3}|(?<WHO>CARL)/ | display WHO',
    [{ WHO: 'carl' }],
  ],
  [
    'limit 1 | parse @message "REPORT *:" as __proto__ | fields __proto__ as it | display it',
    [{ it: 'RequestId' }],
  ],
  ['limit 1 | display fromMillis(1e30) as at', [{ at: '1e+30' }]],
  [
    'filter @type = "REPORT" | stats max(@maxMemoryUsed / 1000 / 1000) as mb, sum(@billedDuration) as ms',
    [{ mb: '64', ms: '2' }],
  ],
  [
    'filter ispresent(ms) | stats count(*) by bin(2m) | sort `bin(2m)` asc',
    [
      { 'bin(2m)': '2026-01-01 00:00:00.000', 'count(*)': '2' },
      { 'bin(2m)': '2026-01-01 00:02:00.000', 'count(*)': '1' },
    ],
  ],
  ['fields user.id as who | filter isIpInSubnet(ip, "10.0.0.0/16") | limit 5', [{ who: 'a' }]],
  [
    'filter items.1 = "y" | fields strlen(route) as n, coalesce(nothing, toupper(route)) as up',
    [{ n: '5', up: '/LIST' }],
  ],
  ['filter route in ["/pay"] | sort @timestamp asc | dedup route | fields ms', [{ ms: '12' }]],
  [
    'filter ms >= 30 and not (level = "warn") | display @timestamp, ms',
    [{ '@timestamp': '2026-01-01 00:02:00.000', ms: '30' }],
  ],
  ['stats count_distinct(user.id) as users, pct(ms, 50) as p50 | display users', [{ users: '2' }]],
])('%s', async (query, rows) => {
  const { results } = await withLines()
  expect(await results(query)).toEqual(rows)
})

test('members of JSON that no reader of AWS goes down to are not there', async () => {
  const { cloud, logs, results } = await withLines()
  const message = `{"deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
  const timestamp = cloud.kernel.clock.nowMs + 600_000
  await logs.send(
    new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [{ message, timestamp }] }),
  )
  expect(
    await results(
      'limit 1 | fields strlen(@message) as length, ispresent(deep) as there | display length, there',
    ),
  ).toEqual([{ length: String(message.length), there: '0' }])
})

test('texts that are put together have an end', async () => {
  const { results } = await withLines()
  const fourfold = 'fields concat(a, a, a, a) as a | '.repeat(20)
  const query = `limit 1 | fields "${'x'.repeat(99)}" as a | ${fourfold} fields strlen(a) as n | display n`
  expect(await results(query)).toEqual([{ n: String(99 * 4 ** 6) }])
})

test('without fields a query shows time and message, the newest first', async () => {
  const { results } = await withLines()
  expect(await results('limit 1')).toEqual([
    { '@timestamp': '2026-01-01 00:04:00.000', '@message': lines[4] },
  ])
})

test('a query that can not be read is refused with the place of its mistake', async () => {
  const { start } = await withLines()
  await expect(start('fields @message | fitler a = 1')).rejects.toMatchObject({
    name: 'MalformedQueryException',
    message: 'unexpected symbol found fitler at position 18',
    queryCompileError: {
      location: { startCharOffset: 18, endCharOffset: 24 },
      message: 'unexpected symbol found fitler at position 18',
    },
  })
})

test.each([
  ['a name of JavaScript', 'filter constructor(@message)'],
  ['a name of JavaScript in stats', 'stats constructor(sum(a))'],
  ['a prototype', 'filter __proto__(@message)'],
  ['a long row of signs', `fields ${'-'.repeat(9000)}1`],
  ['a period of no length', 'stats count(*) by bin(0m)'],
  ['half a regular expression', 'filter @message like /((/'],
  ['a group twice', 'parse @message /(?<x>a)(?<x>b)/'],
])('%s is refused', async (_, query) => {
  const { start } = await withLines()
  await expect(start(query)).rejects.toMatchObject({ name: 'MalformedQueryException' })
})

test('commands that are not built are refused by name', async () => {
  const { start } = await withLines()
  await expect(start('pattern @message')).rejects.toMatchObject({
    message: 'Orrery does not model the command pattern of Logs Insights.',
  })
})

test('a query is scheduled, runs for a moment, and is complete', async () => {
  const { cloud, logs, start } = await withLines()
  const { queryId } = await start('stats count(*)')
  const status = async () => (await logs.send(new GetQueryResultsCommand({ queryId }))).status
  const seen = [await status()]
  await cloud.advance({ milliseconds: 200 })
  seen.push(await status())
  await cloud.advance({ milliseconds: 800 })
  seen.push(await status())
  expect(seen).toEqual(['Scheduled', 'Running', 'Complete'])
})
