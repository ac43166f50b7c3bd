import type { Tag } from '@cloud-orrery/models/s3'
import type { Context } from '../context.ts'
import { isReservedTag } from '../shared/system-tags.ts'
import { internalError, invalidArgument, invalidTag, s3Error } from './errors.ts'
import { bucketTagsMax, objectTagsMax } from './limits.ts'
import type { Tags } from './state.ts'

/** Letters, numbers, white space and `+ - = . _ : / @`, and no more than so many of them. */
const allowedText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
const keyCharactersMax = 128
const valueCharactersMax = 256

export type Tagged = 'bucket' | 'object'

/**
 * Tags of a `Tagging` body. Recorded: S3, PutBucketTagging and PutObjectTagging, February 2026. Tags that AWS put
 * may be sent back as they are (`former`): without them nobody could tag a bucket of a stack. Observed on AWS:
 * what infrastructure tools do with such buckets. Throws InvalidTag, BadRequest.
 */
export function readTags(
  ctx: Context,
  list: readonly Tag[],
  tagged: Tagged,
  former: Tags = {},
): Tags {
  const tags: Record<string, string> = {}
  const max = tagged === 'bucket' ? bucketTagsMax : objectTagsMax
  if (list.filter(({ Key }) => !isSystemTag(Key)).length > max) throw tooManyTags(tagged)
  for (const { Key, Value } of list) {
    if (Object.hasOwn(tags, Key)) {
      throw invalidTag('Cannot provide multiple Tags with the same key', { TagKey: Key })
    }
    if (isReservedTag(ctx, Key) && former[Key] !== Value) {
      throw invalidTag(
        tagged === 'bucket'
          ? 'System tags cannot be added/updated by requester'
          : 'Your TagKey cannot be prefixed with aws:',
        { TagKey: Key },
      )
    }
    checkText(Key, Value)
    Object.defineProperty(tags, Key, { value: Value, enumerable: true })
  }
  return tags
}

function checkText(key: string, value: string): void {
  if (!allowedText.test(key) || key === '' || key.length > keyCharactersMax) {
    throw invalidTag('The TagKey you have provided is invalid', { TagKey: key })
  }
  if (!allowedText.test(value) || value.length > valueCharactersMax) {
    throw invalidTag('The TagValue you have provided is invalid', { TagKey: key, TagValue: value })
  }
}

/** AWS's own: it puts them, and they do not count. */
export function isSystemTag(key: string): boolean {
  return key.startsWith('aws:')
}

function tooManyTags(tagged: Tagged) {
  return tagged === 'object'
    ? s3Error('BadRequest', `Object tags cannot be greater than ${objectTagsMax}`)
    : s3Error('BadRequest', `Bucket tag count cannot be greater than ${bucketTagsMax}`)
}

/**
 * Tags of CreateBucket; an empty list is none. Recorded: S3, CreateBucket with tags, February 2026: keys that
 * are given twice end in InternalError.
 */
export function creationTags(ctx: Context, list: readonly Tag[] | undefined): Tags | undefined {
  if (list === undefined || list.length === 0) return undefined
  if (list.some(({ Key }) => Key.startsWith('aws:'))) {
    throw invalidTag(
      'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag keys and try again.',
    )
  }
  if (new Set(list.map(({ Key }) => Key)).size < list.length) {
    throw internalError()
  }
  return readTags(ctx, list, 'bucket')
}

/** Tags of the header `x-amz-tagging`: a query string. */
export function headerTags(ctx: Context, text: string | undefined): Tags {
  if (text === undefined || text === '') return {}
  const list: Tag[] = []
  for (const piece of text.split('&')) {
    const [key = '', value = '', ...more] = piece.split('=')
    if (more.length > 0 || key === '') throw malformedHeader(text)
    list.push({ Key: decode(key, text), Value: decode(value, text) })
  }
  if (new Set(list.map(({ Key }) => Key)).size < list.length) throw malformedHeader(text)
  return readTags(ctx, list, 'object')
}

function decode(piece: string, text: string): string {
  try {
    return decodeURIComponent(piece.replaceAll('+', ' '))
  } catch {
    throw malformedHeader(text)
  }
}

function malformedHeader(text: string) {
  return invalidArgument(
    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    'x-amz-tagging',
    text,
  )
}

export function tagSet(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
