import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Cloud, client } from '../index.ts'
import { crash, emptyFolder, filesIn, opened, SmallDisk } from './data.test-support.ts'

type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** A web hook on the loopback; its requests, in order. */
async function hook(handle: Handle): Promise<string> {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
}

async function subscribe(cloud: Cloud, Endpoint: string): Promise<void> {
  const sns = client(cloud, SNSClient)
  sns.config.maxAttempts = async () => 1
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'topic' }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint }))
}

describe('work outside', () => {
  test('is asked for only when what led to it is on disk', async () => {
    const folder = emptyFolder()
    const { promise: asked, resolve } = Promise.withResolvers<string>()
    const endpoint = await hook((_, response) => {
      const [log = ''] = filesIn(folder).filter((file) => file.endsWith('.log'))
      resolve(readFileSync(join(folder, log), 'latin1'))
      response.end()
    })
    const durable = await opened(folder)
    await subscribe(durable.cloud, endpoint)
    expect(await asked).toContain('sns.Subscribe')
    await durable.cloud.settle()
    await durable.close()
  })

  test('is not asked for where that cannot be kept', async () => {
    const disk = new SmallDisk(1_000_000)
    let asked = 0
    const endpoint = await hook((_, response) => {
      asked += 1
      response.end()
    })
    const durable = await opened(emptyFolder(), { fileSystem: disk.fileSystem })
    disk.broken = true
    await expect(subscribe(durable.cloud, endpoint)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
    })
    await durable.cloud.settle()
    expect(asked).toBe(0)
    disk.broken = false
    await durable.close().catch(() => {})
  })

  test('that was under way when the process was killed is done again; what had come back is not', async () => {
    const folder = emptyFolder()
    const { promise: first, resolve: firstCame } = Promise.withResolvers<void>()
    let asked = 0
    const endpoint = await hook((_, response) => {
      asked += 1
      firstCame()
      if (asked > 1) response.end()
    })
    const durable = await opened(folder)
    await subscribe(durable.cloud, endpoint)
    await first
    await crash(durable, folder)

    const second = await opened(folder)
    await second.cloud.settle()
    expect(asked).toBe(2)
    const outside = second.cloud.kernel.journal.entries.filter(({ kind }) => kind === 'outside')
    expect(outside.map(({ data }) => data)).toMatchObject([{ number: 1, result: { status: 200 } }])
    const state = second.cloud.kernel.export()
    await crash(second, folder)

    const third = await opened(folder)
    await third.cloud.settle()
    expect(asked).toBe(2)
    expect(third.cloud.kernel.export()).toEqual(state)
    await third.close()
  })

  test('has its numbers over all processes: a recording of three of them is one run', async () => {
    const folder = emptyFolder()
    const endpoint = await hook((_, response) => void response.end())
    for (let life = 0; life < 3; life += 1) {
      const durable = await opened(folder)
      await subscribe(durable.cloud, `${endpoint}${life}`)
      await durable.cloud.settle()
      if (life === 1) await crash(durable, folder)
      else if (life === 0) await durable.close()
      else {
        const recording = await durable.recording()
        const numbers = recording.entered.flatMap(({ kind, data }) =>
          kind === 'outside' ? [data['number']] : [],
        )
        expect(numbers).toEqual([1, 2, 3])
        const { compareReplay } = await import('../recording.ts')
        expect(await compareReplay(recording)).toMatchObject({ difference: undefined })
        await durable.close()
      }
    }
  })
})
