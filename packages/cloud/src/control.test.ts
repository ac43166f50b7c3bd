import { EventBridgeClient, PutRuleCommand } from '@aws-sdk/client-eventbridge'
import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  IAMClient,
} from '@aws-sdk/client-iam'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import { client, type Listening, version } from './index.ts'
import { raw, served, token } from './server.test-support.ts'
import { newUser, send } from './wire.test-support.ts'

interface Asking {
  method?: string
  body?: unknown
  headers?: Record<string, string>
}

async function ask({ url }: Listening, path: string, asking: Asking = {}) {
  const { method = 'GET', body, headers = {} } = asking
  const response = await fetch(`${url}/_orrery/${path}`, {
    method,
    headers: { 'x-orrery-token': token, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

describe('control calls', () => {
  test('need the token, but for health', async () => {
    const { server } = await served()
    expect(await ask(server, 'health', { headers: { 'x-orrery-token': '' } })).toEqual({
      status: 200,
      json: { ok: true, version },
    })
    for (const wrong of ['', 'x', `${token}x`, token.toUpperCase()]) {
      expect(await ask(server, 'status', { headers: { 'x-orrery-token': wrong } })).toEqual({
        status: 401,
        json: { error: 'Refused', message: 'The control token is missing or wrong.' },
      })
    }
  })

  test('are refused to pages in a browser, whatever they know', async () => {
    const { server } = await served()
    expect(await ask(server, 'status', { headers: { origin: 'http://evil.example' } })).toEqual({
      status: 403,
      json: { error: 'Refused', message: 'Origin not allowed.' },
    })
  })

  test('are refused under any name but the loopback’s, which DNS rebinding cannot take', async () => {
    const { server } = await served()
    const status = async (host: string) =>
      /^HTTP\/1\.1 (\d+)/.exec(
        await raw(server.port, [
          `GET /_orrery/health HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
        ]),
      )?.[1]
    const allowed = ['localhost', `127.0.0.1:${server.port}`, '[::1]:80', '127.9.9.9']
    for (const host of allowed) expect([host, await status(host)]).toEqual([host, '200'])
    const refused = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1']
    for (const host of refused) expect([host, await status(host)]).toEqual([host, '403'])
  })

  test('show a journal without secrets', async () => {
    const { cloud, server } = await served()
    const iam = client(cloud, IAMClient)
    await iam.send(new CreateUserCommand({ UserName: 'ann' }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }))
    const { Credentials } = await client(cloud, STSClient).send(new GetSessionTokenCommand({}))
    const Password = 'Correct-horse-7'
    await iam.send(new CreateLoginProfileCommand({ UserName: 'ann', Password }))
    const shown = JSON.stringify((await ask(server, 'journal')).json)
    const keys = [AccessKey?.SecretAccessKey, Credentials?.SecretAccessKey]
    for (const secret of [...keys, Credentials?.SessionToken, Password]) {
      expect(shown).not.toContain(secret)
    }
    expect(shown).toContain(AccessKey?.AccessKeyId)
  })

  test('that do not exist are named', async () => {
    const { server } = await served()
    expect(await ask(server, 'nothing')).toEqual({
      status: 404,
      json: { error: 'Refused', message: 'No control call GET nothing.' },
    })
    expect((await ask(server, 'clock/advance')).status).toBe(404)
  })

  test('need a JSON object where they take one', async () => {
    const { server } = await served()
    for (const body of ['{', '[1]x', '"text"', 'null']) {
      expect(await ask(server, 'clock/advance', { method: 'POST', body })).toEqual({
        status: 400,
        json: {
          error: 'ControlBody',
          message: 'The body is no JSON object.',
          next: 'Send a JSON object.',
        },
      })
    }
  })
})

describe('the clock', () => {
  test('is moved, shown, and never goes back', async () => {
    const { server } = await served()
    const advance = (byMs: unknown) =>
      ask(server, 'clock/advance', { method: 'POST', body: { byMs } })
    expect(await advance(86_400_000)).toEqual({
      status: 200,
      json: { now: '2026-01-02T00:00:00.000Z', mode: 'held', pendingTasks: 0 },
    })
    for (const byMs of [-1, 'x', null]) {
      expect((await advance(byMs)).json).toMatchObject({ error: 'ClockBackwards' })
    }
    expect((await advance(1e300)).json).toMatchObject({ error: 'ClockRange' })
    expect((await ask(server, 'clock')).json['now']).toBe('2026-01-02T00:00:00.000Z')
  })

  test('can be asked on its way, and stops where it is when whoever moves it has gone', async () => {
    const { cloud, server } = await served()
    await client(cloud, EventBridgeClient).send(
      new PutRuleCommand({ Name: 'often', ScheduleExpression: 'rate(1 minute)' }),
    )
    const start = cloud.kernel.clock.nowMs
    const leaving = new AbortController()
    const moved = fetch(`${server.url}/_orrery/clock/advance`, {
      method: 'POST',
      headers: { 'x-orrery-token': token },
      body: JSON.stringify({ byMs: 100 * 365 * 86_400_000 }),
      signal: leaving.signal,
    })
    const shown = async () => Date.parse(String((await ask(server, 'status')).json['now']))
    await expect.poll(shown).toBeGreaterThan(start)
    leaving.abort()
    await expect(moved).rejects.toThrow('aborted')
    const steps = async () => -(await shown()) + (await shown())
    await expect.poll(steps).toBe(0)
    expect(await shown()).toBeLessThan(start + 50 * 365 * 86_400_000)
  })

  test('stops on its way with the cloud', async () => {
    const { cloud } = await served()
    await client(cloud, EventBridgeClient).send(
      new PutRuleCommand({ Name: 'often', ScheduleExpression: 'rate(1 minute)' }),
    )
    const moving = cloud.advance({ days: 36_500 })
    await new Promise((resolve) => setImmediate(resolve))
    cloud.close()
    await moving
    expect(cloud.kernel.clock.nowMs).toBeLessThan(Date.parse('2030-01-01'))
  })

  test('that follows the wall is shown as it stands, not as it stood', async () => {
    const { server } = await served({ clock: { kind: 'real' } })
    const shown = async () => Date.parse(String((await ask(server, 'clock')).json['now']))
    const before = await shown()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await shown()) - before).toBeGreaterThanOrEqual(19)
  })
})

test('status shows what is pending, who waits, and which faults are armed', async () => {
  const { cloud, server } = await served({ seed: 7 })
  await send(cloud, { operation: 'CreateGreeting', body: { Name: 'a', ExpiresInSeconds: 60 } })
  cloud.armFault('sns.*', { kind: 'drop' })
  expect((await ask(server, 'status')).json).toEqual({
    now: '2026-01-01T00:00:00.000Z',
    mode: 'held',
    pendingTasks: 1,
    seed: 7,
    pending: [
      {
        name: 'hello.expire',
        about: 'expire: a',
        cause: 1,
        at: '2026-01-01T00:01:00.000Z',
        accountId: '123456789012',
        region: 'us-east-1',
      },
    ],
    calls: [],
    code: [],
    waiting: [],
    faults: [{ id: 'fault-1', site: 'sns.*', effect: { kind: 'drop' }, match: {}, probability: 1 }],
  })
})

describe('the journal', () => {
  test('comes after an entry, by kind, and no more than asked', async () => {
    const { cloud, server } = await served()
    for (const Name of ['a', 'b', 'c']) {
      await send(cloud, { operation: 'CreateGreeting', body: { Name } })
    }
    await cloud.advance(1)
    const entries = async (query: string) =>
      ((await ask(server, `journal?${query}`)).json['entries'] as { sequence: number }[]).map(
        ({ sequence }) => sequence,
      )
    expect(await entries('')).toEqual([1, 2, 3, 4])
    expect(await entries('after=1&kind=call')).toEqual([2, 3])
    expect(await entries('limit=1')).toEqual([4])
    expect(await entries('limit=0')).toEqual([])
    expect(await entries('limit=x&after=y')).toEqual([1, 2, 3, 4])
    expect((await ask(server, 'journal')).json['sha256']).toBe(cloud.kernel.journal.digest())
  })
})

test('explain tells of the last denial', async () => {
  const { cloud, server } = await served()
  expect(await ask(server, 'explain')).toEqual({
    status: 400,
    json: {
      error: 'NothingDenied',
      message: 'No call was denied yet.',
      next: 'Name a call by its request id.',
    },
  })
  const credentials = await newUser(cloud, 'mary')
  await send(cloud, { operation: 'GetGreeting', body: { Name: 'a' }, credentials })
  expect((await ask(server, 'explain')).json['text']).toContain('hello:GetGreeting')
})

describe('a call by names', () => {
  test('is made as the account’s administrator, and its refusal told', async () => {
    const { server } = await served()
    const call = (operation: string, input: object, accountId?: string) =>
      ask(server, 'call', {
        method: 'POST',
        body: { service: 'hello', operation, input, accountId },
      })
    expect((await call('CreateGreeting', { Name: 'a' }, '111122223333')).json).toEqual({
      GreetingArn: 'arn:aws:hello:us-east-1:111122223333:greeting/a',
    })
    expect(await call('GetGreeting', { Name: 'a' })).toEqual({
      status: 400,
      json: {
        awsError: 'GreetingNotFound',
        message: 'Greeting a does not exist.',
        status: 400,
      },
    })
  })
})

describe('faults', () => {
  test('are armed and ended', async () => {
    const { cloud, server } = await served()
    const arm = (body: object) => ask(server, 'faults', { method: 'POST', body })
    const { json } = await arm({ site: 'sns.Publish', error: 'Throttling', times: 1 })
    const topic = { TopicArn: 'arn:aws:sns:us-east-1:123456789012:t', Message: 'x' }
    const sns = client(cloud, SNSClient)
    await expect(sns.send(new PublishCommand(topic))).rejects.toThrow('Topic does not exist')
    expect(cloud.kernel.faults.rules).toEqual([])
    await arm({ site: 'sns.*', delayMs: 5 })
    await ask(server, 'faults/end', { method: 'POST', body: { id: 'fault-2' } })
    expect([json, cloud.kernel.faults.rules]).toEqual([{ id: 'fault-1' }, []])
    for (const site of ['', 'sn', 'sns', 'nothing.Publish', 'sns.Publsh', 'sns.publish.x', 7]) {
      const expected = site === 'sns.publish.x' ? { id: 'fault-3' } : { error: 'FaultSite' }
      expect([site, (await arm({ site })).json]).toMatchObject([site, expected])
    }
    const unknown = await ask(server, 'faults/end', { method: 'POST', body: { id: 'fault-9' } })
    expect(unknown.json).toMatchObject({ error: 'FaultUnknown' })
    expect((await arm({ site: 'sns.*', times: 0 })).json).toMatchObject({ error: 'FaultRule' })
  })
})
