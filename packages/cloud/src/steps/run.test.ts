import { invariant } from '@cloud-orrery/kernel'
import { awsError, commonError } from '@cloud-orrery/models'
import type { Context } from '@cloud-orrery/services'
import { greetings } from '@cloud-orrery/services/hello/state'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../exchange.ts'
import { createCloud } from '../index.ts'
import { run } from './run.ts'

const record = { name: 'a', arn: 'arn', text: 'x', createdAtMs: 0 }
const refused = awsError(commonError('Refused', 400), 'No.')

/** One call on its way, whose handler does what the test says. */
async function running(work: (ctx: Context) => unknown) {
  const cloud = createCloud()
  const service = await cloud.services.load('hello')
  const [operation] = service.operations
  invariant(operation !== undefined, 'hello has operations')
  const scope = { accountId: cloud.defaultAccountId, region: cloud.defaultRegion }
  const { journal } = cloud.kernel
  const entry = journal.open({
    atMs: 0,
    kind: 'call',
    name: 'hello.Test',
    cause: undefined,
    entered: true,
    data: {},
  })
  const exchange: Exchange = {
    door: 'internal',
    requestId: '1',
    ...scope,
    cause: undefined,
    decisions: [],
    service,
    handler: { ...operation, run: work },
    ctx: cloud.contextOf(service, scope, entry),
    entry,
  }
  return { cloud, exchange, ctx: exchange.ctx as Context, entry }
}

describe('a handler', () => {
  test('that throws leaves nothing of what it wrote', async () => {
    const { cloud, exchange, ctx, entry } = await running((ctx) => {
      greetings.put(ctx, { ...record, text: 'changed' })
      greetings.put(ctx, { ...record, name: 'b' })
      throw refused
    })
    greetings.put(ctx, record)
    expect(() => run(cloud, exchange)).toThrow(refused)
    expect([...greetings.scan(ctx)]).toEqual([record])
    expect(entry.data['changes']).toBeUndefined()
  })

  test('that gives nothing back answers with nothing', async () => {
    const { cloud, exchange } = await running(() => undefined)
    expect(run(cloud, exchange)).toBeUndefined()
    expect(exchange.output).toEqual({})
  })

  test('that waits has what it wrote in its first stretch noted, and its output in the end', async () => {
    const { cloud, exchange, entry } = await running(async (ctx) => {
      greetings.put(ctx, record)
      await Promise.resolve()
      return { done: true }
    })
    await run(cloud, exchange)
    expect(exchange.output).toEqual({ done: true })
    expect(entry.data['changes']).toMatchObject([{ table: 'hello.greetings', key: 'a' }])
  })
})
