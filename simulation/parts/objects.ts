import {
  CopyObject,
  CreateBucket,
  DeleteObject,
  DeleteObjects,
  GetObject,
  ListObjectsV2,
  ListObjectVersions,
  PutBucketNotificationConfiguration,
  PutBucketVersioning,
  PutObject,
} from '@cloud-orrery/models/s3'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import { abroad, home, type Place, type World } from '../world.ts'
import type { Queues } from './queues.ts'

interface BucketBook {
  readonly name: string
  readonly place: Place
  /** Text by key. */
  readonly objects: Map<string, string>
  /** Versions and delete markers that were made, where the bucket keeps them. */
  versions: number | undefined
  readonly queue?: string
}

/** Objects in buckets: what was put is read, listed and told of; what was deleted is gone. */
export class Objects implements Part {
  readonly name = 'objects'
  readonly #world: World
  readonly #queues: Queues
  readonly #buckets: BucketBook[] = [
    {
      name: 'sim-near',
      place: home,
      objects: new Map(),
      versions: undefined,
      queue: 'objects-near',
    },
    { name: 'sim-kept', place: home, objects: new Map(), versions: 0 },
    { name: 'sim-afar', place: abroad, objects: new Map(), versions: undefined },
  ]

  constructor(world: World, queues: Queues) {
    this.#world = world
    this.#queues = queues
  }

  async prepare(): Promise<void> {
    for (const { name: Bucket, place, versions, queue } of this.#buckets) {
      const LocationConstraint = place.region
      const where =
        place === home ? {} : ({ CreateBucketConfiguration: { LocationConstraint } } as const)
      // The Region is one of the model's list.
      await this.#world.done(CreateBucket, { Bucket, ...where } as { Bucket: string }, place)
      if (versions !== undefined) {
        const VersioningConfiguration = { Status: 'Enabled' } as const
        await this.#world.done(PutBucketVersioning, { Bucket, VersioningConfiguration }, place)
      }
      if (queue !== undefined) {
        const { arn } = await this.#queues.make(queue, { place, senders: ['s3.amazonaws.com'] })
        const Configuration = { QueueArn: arn, Events: ['s3:ObjectCreated:*' as const] }
        const NotificationConfiguration = { QueueConfigurations: [Configuration] }
        const input = { Bucket, NotificationConfiguration }
        await this.#world.done(PutBucketNotificationConfiguration, input, place)
      }
    }
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'objects.put': (draw) => this.#put(draw),
    'objects.putMore': (draw) => this.#put(draw),
    'objects.get': (draw) => this.#get(draw),
    'objects.list': (draw) => this.#list(draw),
    'objects.copy': (draw) => this.#copy(draw),
    'objects.delete': (draw) => this.#delete(draw),
    'objects.deleteMany': (draw) => this.#deleteMany(draw),
  }

  async #put(draw: Draw): Promise<string> {
    const bucket = draw.pick(this.#buckets)
    const Key = `k/${draw.int(0, 11)}`
    const token = this.#world.token('object')
    const text = `${token}${'y'.repeat(draw.pick([0, 100, 20_000]))}`
    const { output, refusal } = await this.#world.attempt(
      PutObject,
      { Bucket: bucket.name, Key, Body: new TextEncoder().encode(text) },
      bucket.place,
    )
    if (output !== undefined) {
      bucket.objects.set(Key, text)
      if (bucket.versions !== undefined) bucket.versions += 1
      this.#told(bucket, token, output.ETag)
    }
    return `put ${bucket.name}/${Key} ${token}: ${refusal ?? 'put'}`
  }

  #told({ queue }: BucketBook, token: string, eTag = ''): void {
    if (queue === undefined) return
    this.#queues.aliases.set(eTag.replaceAll('"', ''), token)
    this.#queues.expect(queue, token, { via: 'a bucket' })
  }

  async #get(draw: Draw): Promise<string> {
    const bucket = draw.pick(this.#buckets)
    const Key = `k/${draw.int(0, 11)}`
    return await this.#read(bucket, Key)
  }

  async #read(bucket: BucketBook, Key: string): Promise<string> {
    const expected = bucket.objects.get(Key)
    const { output, refusal } = await this.#world.attempt(
      GetObject,
      { Bucket: bucket.name, Key },
      { ...bucket.place, refusals: expected === undefined ? ['NoSuchKey'] : [] },
    )
    if (output === undefined) return `get ${bucket.name}/${Key}: ${refusal}`
    const text = await textOf(output.Body)
    holds(
      text === expected,
      'content of an object',
      () => `${bucket.name}/${Key} has ${text.slice(0, 40)}, not ${expected?.slice(0, 40)}`,
    )
    return `get ${bucket.name}/${Key}: as it was put`
  }

  async #list(draw: Draw): Promise<string> {
    const bucket = draw.pick(this.#buckets)
    const found = await this.#keys(bucket, draw.int(1, 5))
    return `list ${bucket.name}: ${found ?? 'refused'}`
  }

  /** Lists page by page; the pages together are what was put. */
  async #keys(bucket: BucketBook, MaxKeys: number): Promise<number | undefined> {
    const found: string[] = []
    let ContinuationToken: string | undefined
    do {
      const { output } = await this.#world.attempt(
        ListObjectsV2,
        {
          Bucket: bucket.name,
          MaxKeys,
          ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
        },
        bucket.place,
      )
      if (output === undefined) return undefined
      const page = output.Contents ?? []
      holds(page.length <= MaxKeys, 'list of objects', () => `${page.length} of ${MaxKeys}`)
      found.push(...page.map(({ Key = '' }) => Key))
      ContinuationToken = output.NextContinuationToken
    } while (ContinuationToken !== undefined)
    const expected = [...bucket.objects.keys()].sort()
    holds(
      String(found) === String(expected),
      'list of objects',
      () => `${bucket.name} lists ${found}, not ${expected}`,
    )
    return found.length
  }

  async #copy(draw: Draw): Promise<string> {
    const bucket = draw.pick(this.#buckets)
    const [from, to] = [`k/${draw.int(0, 11)}`, `c/${draw.int(0, 5)}`]
    const text = bucket.objects.get(from)
    const { output, refusal } = await this.#world.attempt(
      CopyObject,
      { Bucket: bucket.name, Key: to, CopySource: `${bucket.name}/${from}` },
      { ...bucket.place, refusals: text === undefined ? ['NoSuchKey'] : [] },
    )
    if (output !== undefined) {
      bucket.objects.set(to, text ?? '')
      if (bucket.versions !== undefined) bucket.versions += 1
    }
    return `copy ${bucket.name}/${from} to ${to}: ${refusal ?? 'copied'}`
  }

  async #delete(draw: Draw): Promise<string> {
    const bucket = draw.pick(this.#buckets)
    const Key = `k/${draw.int(0, 11)}`
    const input = { Bucket: bucket.name, Key }
    const { output, refusal } = await this.#world.attempt(DeleteObject, input, bucket.place)
    if (output !== undefined) {
      bucket.objects.delete(Key)
      if (bucket.versions !== undefined) bucket.versions += 1
    }
    return `delete ${bucket.name}/${Key}: ${refusal ?? 'deleted'}`
  }

  async #deleteMany(draw: Draw): Promise<string> {
    const bucket = draw.pick(this.#buckets)
    const keys = [...new Set([draw.int(0, 11), draw.int(0, 11)])].map((it) => `k/${it}`)
    const { output, refusal } = await this.#world.attempt(
      DeleteObjects,
      { Bucket: bucket.name, Delete: { Objects: keys.map((Key) => ({ Key })) } },
      bucket.place,
    )
    for (const { Key = '' } of output?.Deleted ?? []) {
      bucket.objects.delete(Key)
      if (bucket.versions !== undefined) bucket.versions += 1
    }
    return `delete ${bucket.name}/ ${keys}: ${refusal ?? 'deleted'}`
  }

  async end(): Promise<void> {
    for (const bucket of this.#buckets) {
      await this.#keys(bucket, 3)
      for (const key of bucket.objects.keys()) await this.#read(bucket, key)
      if (bucket.versions === undefined) continue
      const { Versions = [], DeleteMarkers = [] } = await this.#world.done(
        ListObjectVersions,
        { Bucket: bucket.name },
        bucket.place,
      )
      const count = Versions.length + DeleteMarkers.length
      holds(count === bucket.versions, 'versions', () => `${count}, not ${bucket.versions}`)
    }
  }
}

/** A body as it comes from a call in the process: bytes, or a stream of them. */
async function textOf(body: unknown): Promise<string> {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  if (typeof body === 'string') return body
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body)) return ''
  const parts: Uint8Array[] = []
  // The models say that streams are of bytes.
  for await (const part of body as AsyncIterable<Uint8Array>) parts.push(part)
  return Buffer.concat(parts).toString()
}
