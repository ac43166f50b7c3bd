import { AwsError } from '@cloud-orrery/models'
import { GetObject, ListObjectsV2 } from '@cloud-orrery/models/s3'
import type { CallOptions, Context } from '../../context.ts'
import { StateFailure } from '../asl/failures.ts'
import { isArray, isObject, type Json, type JsonObject, parsedJson } from '../asl/json.ts'
import { csvRows } from './csv.ts'
import type { ReaderRequest } from './item-requests.ts'

/** Items are no longer read beyond this. Source: Developer Guide, "ItemReader (Map)". */
const itemsMaxMax = 100_000_000

const delimiters: Readonly<Record<string, string>> = {
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  SPACE: ' ',
  TAB: '\t',
}

function failed(cause: string): StateFailure {
  return new StateFailure({ error: 'States.ItemReaderFailed', cause })
}

/** The items of a distributed Map state, read as the execution's role. Throws `StateFailure`. */
export async function readItems(
  ctx: Context,
  request: ReaderRequest,
  as: CallOptions,
): Promise<readonly Json[]> {
  if (request.itemsMax < 0) throw failed('field MaxItems must be positive')
  try {
    const items = request.resource.endsWith(':s3:listObjectsV2')
      ? await listed(ctx, request, as)
      : itemsIn(await bodyOf(ctx, request.parameters, as), request)
    const most = request.itemsMax === 0 ? itemsMaxMax : request.itemsMax
    return items.slice(0, most)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw failed(error.message)
  }
}

async function bodyOf(ctx: Context, parameters: JsonObject, as: CallOptions): Promise<string> {
  const { Bucket, Key, VersionId } = parameters
  const version = VersionId === undefined ? {} : { VersionId: String(VersionId) }
  const input = { Bucket: String(Bucket), Key: String(Key), ...version }
  const { Body = new Uint8Array() } = await ctx.call(GetObject, input, as)
  return Buffer.from(Body).toString()
}

async function listed(ctx: Context, request: ReaderRequest, as: CallOptions): Promise<Json[]> {
  const { Bucket, Prefix } = request.parameters
  const prefix = Prefix === undefined ? {} : { Prefix: String(Prefix) }
  const items: Json[] = []
  const most = request.itemsMax === 0 ? itemsMaxMax : request.itemsMax
  let token: string | undefined
  do {
    const page = await ctx.call(
      ListObjectsV2,
      {
        Bucket: String(Bucket),
        ...prefix,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      },
      as,
    )
    for (const { ETag, LastModified, Key, Size, StorageClass } of page.Contents ?? []) {
      items.push({
        Etag: ETag ?? '',
        LastModified: Math.floor((LastModified ?? 0) / 1000),
        Key: Key ?? '',
        Size: Size ?? 0,
        StorageClass: StorageClass ?? 'STANDARD',
      })
    }
    token = page.NextContinuationToken
  } while (token !== undefined && items.length < most)
  return items
}

/** Items of an object's text, by `InputType`. */
function itemsIn(text: string, { config }: ReaderRequest): readonly Json[] {
  switch (config['InputType']) {
    case 'CSV':
      return csvItems(text, config)
    case 'JSONL':
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(jsonOf)
    case 'JSON': {
      const pointer = config['ItemsPointer']
      const items = pointed(jsonOf(text), typeof pointer === 'string' ? pointer : '')
      if (!isArray(items)) throw failed('Attempting to map over non-iterable node.')
      return items
    }
    default:
      throw failed(`The InputType '${String(config['InputType'])}' is not modelled.`)
  }
}

function jsonOf(text: string): Json {
  const value = parsedJson(text)
  if (value === undefined) throw failed('The file could not be parsed as JSON.')
  return value
}

/** A JSON Pointer into an object: `/a/b`. */
function pointed(value: Json, pointer: string): Json | undefined {
  let at: Json | undefined = value
  for (const name of pointer.split('/').slice(1)) {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~')
    at = isObject(at) ? at[key] : isArray(at) ? at[Number(key)] : undefined
  }
  return at
}

/** Rows with fewer fields than headers are filled with empty texts; fields without header are left out. */
function csvItems(text: string, config: JsonObject): Json[] {
  const delimiter = delimiters[String(config['CSVDelimiter'] ?? 'COMMA')] ?? ','
  const rows = csvRows(text, delimiter)
  const declared = config['CSVHeaders']
  const headers = isArray(declared) ? declared.map(String) : (rows.shift() ?? [])
  const order = inMapOrder(headers)
  return rows.map((row) => Object.fromEntries(order.map(({ name, at }) => [name, row[at] ?? ''])))
}

/** Members come in the order of a Java hash map. Recorded: stepfunctions, items of CSV files with headers of all kinds. */
function inMapOrder(headers: readonly string[]): { name: string; at: number }[] {
  let buckets = 16
  while (headers.length > buckets * 0.75) buckets *= 2
  return headers
    .map((name, at) => ({ name, at, bucket: bucketOf(name, buckets) }))
    .sort((a, b) => a.bucket - b.bucket || a.at - b.at)
}

function bucketOf(text: string, buckets: number): number {
  let hash = 0
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return (hash ^ (hash >>> 16)) & (buckets - 1)
}
