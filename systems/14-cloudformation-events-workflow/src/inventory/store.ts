import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import type { Item } from './logic.ts'

/** The inventory's database. All that the system knows of where its rows are kept is in this file. */
export interface Store {
  /** Writes a row unless what stands there is the same or newer. */
  put(item: Item): Promise<void>
  remove(stackId: string, logicalId: string): Promise<void>
  /** Logical ids of the rows of a stack. */
  idsOf(stackId: string): Promise<string[]>
}

/** How often a write that another one overtook is tried again. */
const attemptsMax = 3

/** One JSON document a resource: `stack name/stack's UUID/logical id.json`. */
export function bucketStore(Bucket: string, s3 = new S3Client()): Store {
  const folder = (stackId: string) => `${stackId.split('/').slice(1).join('/')}/`
  const keyOf = (stackId: string, logicalId: string) => `${folder(stackId)}${logicalId}.json`

  async function current(Key: string): Promise<{ item: Item; etag: string } | undefined> {
    try {
      const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      // Only this store writes here.
      return { item: JSON.parse((await Body?.transformToString()) ?? '') as Item, etag: ETag }
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  }

  /** False when somebody else wrote in between. */
  async function wasWritten(Key: string, Body: string, etag: string | undefined) {
    const condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag }
    try {
      const ContentType = 'application/json'
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType, ...condition }))
      return true
    } catch (error) {
      const status = error instanceof S3ServiceException && error.$metadata.httpStatusCode
      if (status === 412 || status === 409) return false
      throw error
    }
  }

  return {
    async put(item) {
      const Key = keyOf(item.stackId, item.logicalId)
      const body = JSON.stringify(item)
      for (let attempt = 0; attempt < attemptsMax; attempt++) {
        const found = await current(Key)
        if (found !== undefined && found.item.changedAt > item.changedAt) return
        if (found !== undefined && JSON.stringify(found.item) === body) return
        if (await wasWritten(Key, body, found?.etag)) return
      }
      throw new Error(`${Key} is being written by others.`)
    },
    async remove(stackId, logicalId) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key: keyOf(stackId, logicalId) }))
    },
    async idsOf(stackId) {
      const Prefix = folder(stackId)
      const ids: string[] = []
      let ContinuationToken: string | undefined
      do {
        const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }))
        for (const { Key = '' } of page.Contents ?? []) {
          ids.push(Key.slice(Prefix.length, -'.json'.length))
        }
        ContinuationToken = page.NextContinuationToken
      } while (ContinuationToken !== undefined)
      return ids
    },
  }
}
