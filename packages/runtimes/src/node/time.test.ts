import { describe, expect, test } from 'vitest'
import { functionOf, outcomeOf, returned, startMs } from './code.test-support.ts'

/** The answer of a handler with this body. */
async function answerOf(body: string, options: Parameters<typeof outcomeOf>[1] = {}) {
  const { end } = await outcomeOf(`exports.handler = async () => { ${body} }`, {
    timeoutMs: 900_000,
    ...options,
  })
  return end.kind === 'returned' ? JSON.parse(end.payload) : end
}

describe('a clock', () => {
  test('shows the model’s time, wherever the code looks', async () => {
    const body = `
      const fromNs = process.hrtime.bigint()
      const from = [Date.now(), performance.now(), process.uptime()]
      await new Promise((resolve) => setTimeout(resolve, 90_500))
      const { timeOrigin } = performance
      return [
        Date.now() - from[0],
        Math.round(performance.now() - from[1]),
        Math.round((process.uptime() - from[2]) * 1000),
        Number((process.hrtime.bigint() - fromNs) / 1_000_000n),
        new Date(timeOrigin).toISOString(),
        new Intl.DateTimeFormat('en-GB', { dateStyle: 'short', timeStyle: 'medium' }).format(),
        Date().slice(0, 24),
      ]`
    expect(await answerOf(body)).toEqual([
      90_500,
      90_500,
      90_500,
      90_500,
      '2026-01-01T00:00:00.000Z',
      '01/01/2026, 00:01:30',
      'Thu Jan 01 2026 00:01:30',
    ])
  })

  test('stands while the code works', async () => {
    const body = `
      const from = Date.now()
      for (let i = 0, text = ''; i < 1e5; i += 1) text += i
      return Date.now() - from`
    expect(await answerOf(body)).toBe(0)
  })

  test('of a function is in UTC', async () => {
    const body = `
      const date = new Date(2026, 6, 1, 12)
      return [date.toISOString(), date.getHours(), date.getTimezoneOffset(), String(date), date.toLocaleTimeString('en-GB')]`
    expect(await answerOf(body)).toEqual([
      '2026-07-01T12:00:00.000Z',
      12,
      0,
      'Wed Jul 01 2026 12:00:00 GMT+0000 (Coordinated Universal Time)',
      '12:00:00',
    ])
  })

  test('is in another zone where the variable TZ says so', async () => {
    const body = `
      const date = new Date(2026, 6, 1, 12, 30)
      date.setMonth(0)
      return [
        date.toISOString(), date.getHours(), new Date(2026, 6, 1).getTimezoneOffset(), String(date),
        Intl.DateTimeFormat().resolvedOptions().timeZone, new Date('2026-03-29T02:30:00').toISOString(),
      ]`
    expect(await answerOf(body, { variables: { TZ: 'Europe/Berlin' } })).toEqual([
      '2026-01-01T11:30:00.000Z',
      12,
      -120,
      'Thu Jan 01 2026 12:30:00 GMT+0100 (Central European Standard Time)',
      'Europe/Berlin',
      '2026-03-29T01:30:00.000Z',
    ])
  })
})

describe('a timer', () => {
  test('is due in its order, and microtasks run between two of them', async () => {
    const body = `
      const log = []
      setTimeout(() => { log.push('b'); Promise.resolve().then(() => log.push('after b')) }, 20)
      setTimeout(() => log.push('a'), 10)
      setTimeout(() => { log.push('c'); setImmediate(() => log.push('immediate')) }, 20)
      const cleared = setTimeout(() => log.push('never'), 15)
      clearTimeout(Number(cleared))
      await new Promise((resolve) => setTimeout(resolve, 30))
      return log`
    expect(await answerOf(body)).toEqual(['a', 'b', 'after b', 'c', 'immediate'])
  })

  test('is Node’s in every form', async () => {
    const body = `
      const timers = require('node:timers/promises')
      const from = Date.now()
      const seen = []
      const interval = setInterval(() => { seen.push(Date.now() - from); if (seen.length === 3) clearInterval(interval) }, 1000)
      seen.push(await timers.setTimeout(500, 'value'))
      await require('node:util').promisify(setTimeout)(4000)
      await timers.scheduler.wait(500)
      for await (const tick of timers.setInterval(250, 'tick')) { seen.push(tick, Date.now() - from); break }
      const signal = AbortSignal.timeout(250)
      await new Promise((resolve) => { signal.addEventListener('abort', resolve); setTimeout(() => {}, 1000) })
      seen.push(signal.reason.name, Date.now() - from)
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 100)
      seen.push(await timers.setTimeout(9000, 0, { signal: controller.signal }).catch(({ name }) => name))
      const again = setTimeout(() => seen.push('refreshed', Date.now() - from), 400)
      await timers.setTimeout(300)
      again.refresh()
      await timers.setTimeout(1000)
      return seen`
    expect(await answerOf(body)).toEqual([
      ...['value', 1000, 2000, 'tick', 5250, 'TimeoutError', 5500, 'AbortError'],
      ...['refreshed', 6300],
    ])
  })

  test('of no delay does not wait for the clock', async () => {
    const body = `
      const from = Date.now()
      for (let i = 0; i < 10; i += 1) await new Promise((resolve) => setTimeout(resolve, 0))
      return Date.now() - from`
    expect(await answerOf(body)).toBe(0)
  })

  test('of no delay moves the clock when it is set without end', async () => {
    const body = `
      const end = Date.now() + 3
      let runs = 0
      while (Date.now() < end) { runs += 1; await new Promise((resolve) => setTimeout(resolve)) }
      return runs > 3`
    expect(await answerOf(body)).toBe(true)
  })

  test('that is due after the answer fires at the next invocation', async () => {
    await using code = await functionOf(`
      let fired = 0
      exports.handler = async () => {
        const before = fired
        setTimeout(() => { fired += 1 }, 1000)
        return before
      }`)
    const first = await code.invoke()
    await code.kernel.scheduler.advanceTo(startMs + 60_000)
    const second = await code.invoke()
    expect([first.end, second.end]).toEqual([returned(0), returned(1)])
  })

  test('that is not waited for does not hold the code back', async () => {
    const { end } = await outcomeOf(`exports.handler = (event, context, callback) => {
      setTimeout(() => {}, 60_000).unref()
      callback(null, 'done')
    }`)
    expect(end).toEqual(returned('done'))
  })
})

describe('code that waits without giving way', () => {
  test('sees the clock move when it does nothing but look at it', async () => {
    const body = `
      const end = Date.now() + 2000
      while (Date.now() < end);
      return Date.now() - end < 20`
    expect(await answerOf(body)).toBe(true)
  })

  test('sleeps by Atomics.wait in model time', async () => {
    const body = `
      const from = Date.now()
      const woken = Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000)
      return [woken, Date.now() - from]`
    expect(await answerOf(body)).toEqual(['timed-out', 5000])
  })

  test('gets answers and timers afterwards', async () => {
    const body = `
      const log = []
      const answer = fetch('http://a.example/').then((response) => response.text()).then((text) => log.push(text))
      setTimeout(() => log.push('timer'), 5)
      await Promise.resolve()
      const end = Date.now() + 10
      while (Date.now() < end);
      log.push('spun')
      await answer
      await new Promise((resolve) => setTimeout(resolve, 10))
      return log.toSorted()`
    const answer = () => ({ status: 200, headers: {}, body: Buffer.from('answer') })
    expect(await answerOf(body, { answer })).toEqual(['answer', 'spun', 'timer'])
  })
})

describe('with a clock that follows the wall', () => {
  test('a handler’s time goes on as it works, and its sleep takes as long', async () => {
    const from = performance.now()
    const [worked, slept] = await answerOf(
      `const from = Date.now()
      while (Date.now() - from < 30);
      const worked = Date.now() - from
      await new Promise((resolve) => setTimeout(resolve, 50))
      return [worked >= 30, Date.now() - from - worked >= 50]`,
      { clock: { kind: 'real' } },
    )
    expect([worked, slept]).toEqual([true, true])
    expect(performance.now() - from).toBeGreaterThan(80)
  })

  test('an advance is seen at once by a handler that sleeps', async () => {
    await using code = await functionOf(
      `exports.handler = async () => {
        const from = Date.now()
        await new Promise((resolve) => setTimeout(resolve, 3_600_000))
        return Date.now() - from >= 3_600_000
      }`,
      { clock: { kind: 'real' }, timeoutMs: 7_200_000 },
    )
    await code.start()
    const running = code.invoke()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await code.kernel.scheduler.advanceTo(startMs + 4_000_000)
    expect((await running).end).toEqual(returned(true))
  })
})
