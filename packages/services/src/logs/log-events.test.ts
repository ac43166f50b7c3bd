import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  type InputLogEvent,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TestMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const startMs = Date.UTC(2026, 0, 1)
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const logGroupName = '/app/orders'

/** A cloud with a log group and streams of the given names. */
async function group(...streams: string[]) {
  const cloud = createCloud({ deepFreeze: true, seed: 7 })
  const logs = client(cloud, CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  for (const logStreamName of streams) {
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
  }
  return {
    cloud,
    logs,
    putAll: (logEvents: InputLogEvent[], logStreamName = 'a') =>
      logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents })),
    put: (atMs: number, message: string, logStreamName = 'a') =>
      logs.send(
        new PutLogEventsCommand({
          logGroupName,
          logStreamName,
          logEvents: [{ timestamp: startMs + atMs, message }],
        }),
      ),
    get: (input: Partial<GetLogEventsCommandInput> = {}) =>
      logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'a', ...input })),
    filter: (input: Partial<FilterLogEventsCommandInput> = {}) =>
      logs.send(new FilterLogEventsCommand({ logGroupName, ...input })),
    async storedBytes() {
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}))
      return logGroups[0]?.storedBytes
    },
  }
}

const messages = (answer: { events?: { message?: string }[] }) =>
  answer.events?.map(({ message }) => message)

test('events are read in the order of their times, whenever they came', async () => {
  const { cloud, put, get } = await group('a')
  await put(0, 'noon')
  await cloud.advance({ seconds: 1 })
  await put(-1000, 'before noon')
  await put(0, 'noon again')
  expect(await get()).toMatchObject({
    events: [
      { timestamp: startMs - 1000, message: 'before noon', ingestionTime: startMs + 1000 },
      { timestamp: startMs, message: 'noon', ingestionTime: startMs },
      { timestamp: startMs, message: 'noon again', ingestionTime: startMs + 1000 },
    ],
    nextForwardToken: expect.stringMatching(/^f\/\d{56}\/s$/),
    nextBackwardToken: expect.stringMatching(/^b\/\d{56}\/s$/),
  })
})

test('tokens lead forward and back, and stay where they are at the end', async () => {
  const { put, get } = await group('a')
  for (let n = 0; n < 5; n += 1) await put(n, `${n}`)
  const head = await get({ startFromHead: true, limit: 2 })
  expect(messages(head)).toEqual(['0', '1'])
  const second = await get({ nextToken: head.nextForwardToken, limit: 2 })
  expect(messages(second)).toEqual(['2', '3'])
  const third = await get({ nextToken: second.nextForwardToken, limit: 2 })
  expect(messages(third)).toEqual(['4'])
  const end = await get({ nextToken: third.nextForwardToken, limit: 2 })
  expect(messages(end)).toEqual([])
  expect(end.nextForwardToken).toBe(third.nextForwardToken)
  await put(9, 'new')
  expect(messages(await get({ nextToken: end.nextForwardToken }))).toEqual(['new'])
  expect(messages(await get({ nextToken: end.nextBackwardToken, limit: 2 }))).toEqual(['3', '4'])
  const tail = await get({ limit: 2 })
  expect(messages(tail)).toEqual(['4', 'new'])
  const back = await get({ nextToken: tail.nextBackwardToken, limit: 9 })
  expect(messages(back)).toEqual(['0', '1', '2', '3'])
  const start = await get({ nextToken: back.nextBackwardToken })
  expect(messages(start)).toEqual([])
  expect(start.nextBackwardToken).toBe(back.nextBackwardToken)
  expect(messages(await get({ nextToken: start.nextForwardToken, limit: 1 }))).toEqual(['0'])
})

test('a time range has its first moment, and not its last', async () => {
  const { put, get, filter } = await group('a')
  for (let n = 0; n < 4; n += 1) await put(n, `${n}`)
  const range = { startTime: startMs + 1, endTime: startMs + 3 }
  expect(messages(await get(range))).toEqual(['1', '2'])
  expect(messages(await filter(range))).toEqual(['1', '2', '3'])
})

test('events that are too old, expired or too new are named and left out', async () => {
  const { logs, putAll, get } = await group('a')
  const at = (ms: number) => ({ timestamp: startMs + ms, message: `${ms}` })
  expect(await putAll([at(-14 * dayMs - 1), at(-14 * dayMs)])).toMatchObject({
    rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 },
  })
  expect(await putAll([at(2 * hourMs), at(2 * hourMs + 1)])).toMatchObject({
    rejectedLogEventsInfo: { tooNewLogEventStartIndex: 1 },
  })
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }))
  expect(await putAll([at(-dayMs - 1), at(-dayMs)])).toMatchObject({
    rejectedLogEventsInfo: { expiredLogEventEndIndex: 1 },
  })
  expect(messages(await get())).toEqual([`${-dayMs}`, `${2 * hourMs}`])
})

test('a batch has its limits', async () => {
  const { putAll } = await group('a')
  const at = (ms: number, message = 'x') => ({ timestamp: startMs + ms, message })
  const cases: [InputLogEvent[], string][] = [
    [
      [at(-dayMs - 1), at(0)],
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    ],
    [
      [at(0, 'x'.repeat(600_000)), at(0, 'x'.repeat(600_000))],
      'Upload too large: 1200052 bytes exceeds limit of 1048576',
    ],
    [[at(0, 'é'.repeat(524_288))], 'Log event too large: 1048602 bytes exceeds limit of 1048576'],
  ]
  for (const [events, message] of cases) {
    await expect(putAll(events)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message,
    })
  }
})

test('a page ends at one megabyte', async () => {
  const { put, get, filter } = await group('a')
  for (let n = 0; n < 3; n += 1) await put(n, 'x'.repeat(500_000))
  expect((await get({ startFromHead: true })).events?.length).toBe(2)
  const page = await filter()
  expect(page.events?.length).toBe(2)
  expect((await filter({ nextToken: page.nextToken })).events?.length).toBe(1)
})

test('a search interleaves the streams of a group', async () => {
  const { put, filter } = await group('a', 'b', 'api')
  await put(0, 'ERROR one', 'a')
  await put(1, 'ERROR two', 'b')
  await put(2, 'fine', 'a')
  await put(3, 'ERROR three', 'api')
  const all = await filter({ filterPattern: 'ERROR' })
  expect(all).toMatchObject({
    events: [
      { logStreamName: 'a', timestamp: startMs, message: 'ERROR one', ingestionTime: startMs },
      { logStreamName: 'b', message: 'ERROR two' },
      { logStreamName: 'api', message: 'ERROR three' },
    ],
    searchedLogStreams: [],
  })
  const ids = all.events?.map(({ eventId }) => eventId ?? '') ?? []
  expect(ids.every((id) => /^\d{56}$/.test(id))).toBe(true)
  expect(ids.toSorted()).toEqual(ids)
  expect(messages(await filter({ logStreamNames: ['b', 'api'] }))).toEqual([
    'ERROR two',
    'ERROR three',
  ])
  expect(messages(await filter({ logStreamNamePrefix: 'a' }))).toEqual([
    'ERROR one',
    'fine',
    'ERROR three',
  ])
  const page = await filter({ filterPattern: 'ERROR', limit: 2 })
  expect(messages(page)).toEqual(['ERROR one', 'ERROR two'])
  expect(
    messages(await filter({ filterPattern: 'ERROR', limit: 2, nextToken: page.nextToken })),
  ).toEqual(['ERROR three'])
  await expect(filter({ nextToken: page.nextToken })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'The specified nextToken is invalid.',
  })
  await expect(filter({ logStreamNames: ['gone'] })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
  await expect(filter({ logStreamNames: ['a'], logStreamNamePrefix: 'a' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  })
})

test('events expire with the retention of their group', async () => {
  const { cloud, logs, put, get, storedBytes } = await group('a')
  await put(0, 'one')
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 3 }))
  await cloud.advance({ days: 2 })
  await put(2 * dayMs, 'two')
  await cloud.advance({ days: 1 })
  expect(messages(await get())).toEqual(['one', 'two'])
  await cloud.advance({ minutes: 1 })
  expect(messages(await get())).toEqual(['two'])
  expect(await storedBytes()).toBe(29)
  await cloud.advance({ days: 3 })
  expect(messages(await get())).toEqual([])
  expect(await storedBytes()).toBe(0)
})

test('without a retention nothing expires', async () => {
  const { cloud, logs, put, get } = await group('a')
  await put(0, 'one')
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }))
  await logs.send(new DeleteRetentionPolicyCommand({ logGroupName }))
  await cloud.advance({ days: 400 })
  expect(messages(await get())).toEqual(['one'])
})

test('a retention that AWS does not offer is refused', async () => {
  const { logs } = await group()
  await expect(
    logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining("Value '2' at 'retentionInDays'"),
  })
})

test('a stream that is made anew has none of the events of the old one', async () => {
  const { cloud, logs, put, get, filter, storedBytes } = await group('a', 'b')
  await put(0, 'old')
  await put(0, 'other', 'b')
  await logs.send(new DeleteLogStreamCommand({ logGroupName, logStreamName: 'a' }))
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'a' }))
  expect(messages(await get())).toEqual([])
  expect(messages(await filter())).toEqual(['other'])
  await cloud.advance({ seconds: 1 })
  expect(await storedBytes()).toBe(31)
})

test('a group that is made anew is empty', async () => {
  const { cloud, logs, put, filter } = await group('a')
  await put(0, 'old')
  await logs.send(new DeleteLogGroupCommand({ logGroupName }))
  await expect(filter()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  expect(messages(await filter())).toEqual([])
  await cloud.advance({ seconds: 1 })
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }))
  expect(logStreams).toEqual([])
})

test('streams are listed by name, or by their last event', async () => {
  const { logs, put } = await group('a', 'b', 'c')
  await put(5, 'x', 'b')
  await put(9, 'x', 'a')
  const names = async (input: object) => {
    const describe = new DescribeLogStreamsCommand({ logGroupName, ...input })
    const { logStreams = [], nextToken } = await logs.send(describe)
    return { names: logStreams.map(({ logStreamName }) => logStreamName), nextToken }
  }
  expect((await names({})).names).toEqual(['a', 'b', 'c'])
  expect((await names({ descending: true })).names).toEqual(['c', 'b', 'a'])
  expect((await names({ orderBy: 'LastEventTime', descending: true })).names).toEqual([
    'a',
    'b',
    'c',
  ])
  const first = await names({ orderBy: 'LastEventTime', descending: true, limit: 1 })
  expect(first.names).toEqual(['a'])
  expect(
    (
      await names({
        orderBy: 'LastEventTime',
        descending: true,
        limit: 1,
        nextToken: first.nextToken,
      })
    ).names,
  ).toEqual(['b'])
  await expect(names({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' })).rejects.toMatchObject(
    {
      message: 'Cannot order by LastEventTime with a logStreamNamePrefix.',
    },
  )
})

test('a pattern is tried on messages without storing them', async () => {
  const { logs } = await group()
  const test = new TestMetricFilterCommand({
    filterPattern: '[..., size > 2000]',
    logEventMessages: ['a b 1534', 'a b 5324'],
  })
  expect((await logs.send(test)).matches).toEqual([
    {
      eventNumber: 2,
      eventMessage: 'a b 5324',
      extractedValues: { $1: 'a', $2: 'b', $size: '5324' },
    },
  ])
  await expect(
    logs.send(new TestMetricFilterCommand({ filterPattern: '(', logEventMessages: ['x'] })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: "Invalid character(s) in term '('",
  })
})

test('the same seed gives the same journal', async () => {
  const digest = async () => {
    const { cloud, put } = await group('a')
    await put(0, 'one')
    await cloud.advance({ days: 1 })
    return cloud.kernel.journal.digest()
  }
  expect(await digest()).toBe(await digest())
})

test('a batch costs as much as ever in a full stream, and so does a page', {
  timeout: 120_000,
}, async () => {
  const cloud = createCloud()
  const logs = client(cloud, CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'a' }))
  const fill = async (from: number, to: number) => {
    const before = performance.now()
    for (let batch = from; batch < to; batch += 1) {
      const logEvents = Array.from({ length: 10_000 }, (_, n) => ({
        timestamp: startMs + batch * 10_000 + n - 2 * hourMs,
        message: `event ${n}`,
      }))
      await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'a', logEvents }))
    }
    return performance.now() - before
  }
  const page = async () => {
    const input = { logGroupName, logStreamName: 'a', limit: 100 }
    const before = performance.now()
    let { nextBackwardToken: nextToken } = await logs.send(new GetLogEventsCommand(input))
    for (let n = 0; n < 20; n += 1) {
      const answer = await logs.send(new GetLogEventsCommand({ ...input, nextToken }))
      nextToken = answer.nextBackwardToken
    }
    return performance.now() - before
  }
  await fill(0, 2)
  await page()
  const small = await page()
  const first = await fill(2, 8)
  const second = await fill(8, 14)
  const large = await page()
  expect(second).toBeLessThan(first * 3)
  expect(large).toBeLessThan(small * 5)
})
