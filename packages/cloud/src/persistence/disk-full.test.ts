import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { CreateQueue } from '@cloud-orrery/models/sqs'
import { describe, expect, test } from 'vitest'
import { call, client } from '../index.ts'
import { crash, emptyFolder, opened, SmallDisk } from './data.test-support.ts'

describe('a disk that is full', () => {
  test('refuses calls, says so, loses nothing that was answered, and goes on when there is room', async () => {
    const folder = emptyFolder()
    const disk = new SmallDisk(8_000)
    const durable = await opened(folder, { fileSystem: disk.fileSystem })
    const sqs = client(durable.cloud, SQSClient, {})
    sqs.config.maxAttempts = async () => 1
    const answered: string[] = []
    let refusal: unknown
    for (let i = 0; refusal === undefined; i += 1) {
      await sqs.send(new CreateQueueCommand({ QueueName: `q${i}` })).then(
        () => answered.push(`q${i}`),
        (error: unknown) => {
          refusal = error
        },
      )
    }
    expect(answered.length).toBeGreaterThan(3)
    expect(refusal).toMatchObject({
      name: 'ServiceUnavailable',
      $metadata: { httpStatusCode: 503 },
      message: expect.stringMatching(
        /^The disk of .*\.log is full: calls are refused until there is room\./,
      ),
    })
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({
      name: 'ServiceUnavailable',
    })
    const s3 = client(durable.cloud, S3Client, {})
    s3.config.maxAttempts = async () => 1
    await expect(
      s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' })),
    ).rejects.toMatchObject({ name: 'ServiceUnavailable' })
    await expect(call(durable.cloud, CreateQueue, { QueueName: 'x' })).rejects.toMatchObject({
      code: 'DataDiskFull',
    })

    disk.room = 1_000_000
    await new Promise((resolve) => setTimeout(resolve, 300)) // It leaves the disk alone for a quarter of a second.
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
    for (const name of answered)
      expect(QueueUrls.some((url) => url.endsWith(`/${name}`))).toBe(true)
    const state = durable.cloud.kernel.export()
    await crash(durable, folder)
    const again = await opened(folder)
    expect(again.cloud.kernel.export()).toEqual(state)
    expect(again.remarks).toEqual([])
    await again.close()
  })

  test('is found as it was answered after a crash in the middle of it', async () => {
    const folder = emptyFolder()
    const disk = new SmallDisk(6_000)
    const durable = await opened(folder, { fileSystem: disk.fileSystem })
    const sqs = client(durable.cloud, SQSClient, {})
    sqs.config.maxAttempts = async () => 1
    const answered: string[] = []
    for (let i = 0; i < 40; i += 1) {
      const sent = sqs.send(new CreateQueueCommand({ QueueName: `q${i}` }))
      await sent.then(
        () => answered.push(`q${i}`),
        () => {},
      )
    }
    await crash(durable, folder)
    const again = await opened(folder)
    const { QueueUrls = [] } = await client(again.cloud, SQSClient).send(new ListQueuesCommand({}))
    expect(QueueUrls.map((url) => url.split('/').at(-1)).sort()).toEqual(answered.sort())
    await again.close()
  })

  test('has no room for a snapshot: the log goes on', async () => {
    const folder = emptyFolder()
    const disk = new SmallDisk(1_000_000)
    const durable = await opened(folder, { fileSystem: disk.fileSystem })
    await client(durable.cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'a' }))
    const { replace } = disk.fileSystem
    Object.assign(disk.fileSystem, {
      replace: () =>
        Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' })),
    })
    await durable.snapshot()
    Object.assign(disk.fileSystem, { replace })
    await client(durable.cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'b' }))
    const state = durable.cloud.kernel.export()
    await crash(durable, folder)
    const again = await opened(folder)
    expect(again.cloud.kernel.export()).toEqual(state)
    await again.close()
  })

  test('that fails to flush is not trusted with what it was given: that is written again', async () => {
    const folder = emptyFolder()
    const disk = new SmallDisk(1_000_000)
    const durable = await opened(folder, { fileSystem: disk.fileSystem })
    const sqs = client(durable.cloud, SQSClient, {})
    sqs.config.maxAttempts = async () => 1
    disk.broken = true
    await expect(sqs.send(new CreateQueueCommand({ QueueName: 'a' }))).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining('cannot be written (i/o error, fdatasync)'),
    })
    disk.broken = false
    await new Promise((resolve) => setTimeout(resolve, 300))
    await sqs.send(new CreateQueueCommand({ QueueName: 'b' }))
    const state = durable.cloud.kernel.export()
    await crash(durable, folder)
    const again = await opened(folder)
    expect(again.cloud.kernel.export()).toEqual(state)
    await again.close()
  })
})
