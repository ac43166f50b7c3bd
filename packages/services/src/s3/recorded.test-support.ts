import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { type ClientOptions, type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import {
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
} from '../shared/recorded.test-support.ts'

/** Any command of the SDK's S3 client: its own type names one operation at a time. */
interface Command {
  readonly input: object
}

/** Recordings were made by boto3, which speaks a little differently from the SDK for JavaScript. */
export interface Replay {
  readonly cloud: Cloud
  readonly s3: S3Client
  readonly bindings: Bindings
  /** What was recorded under a step's name. */
  recorded(step: string): unknown
  /** Sends a command and compares its answer with a step of the recording. */
  match(step: string, command: Command, ignore?: readonly string[]): Promise<Recorded>
  /** Compares something that was put together from answers. */
  matchValue(step: string, value: unknown, ignore?: readonly string[]): void
  /** Sends a command that was not recorded. */
  run(command: Command): Promise<Recorded>
  /** Creates a bucket and gives its name. */
  bucket(name?: string): Promise<string>
}

/** The recordings write every account as this one. */
export const recordedAccount = '111111111111'

export function replay(file: string, name: string, options: ClientOptions = {}): Replay {
  const { accountId } = options
  const cloud = createCloud({ deepFreeze: true, ...(accountId && { accountId }) })
  const s3 = botoClient(cloud, options)
  const content = freed(recording(file, name)) as Recorded
  const bindings: Bindings = new Map()
  const matchValue: Replay['matchValue'] = (step, value, ignore = []) => {
    if (!(step in content)) throw new Error(`${name} has no step ${step}`)
    expectRecorded(value, content[step], bindings, ignore)
  }
  return {
    cloud,
    s3,
    bindings,
    recorded: (step) => content[step],
    matchValue,
    async match(step, command, ignore) {
      const answer = await answerOf(s3, command)
      matchValue(step, answer, ignore)
      return answer
    },
    async run(command) {
      const answer = await answerOf(s3, command)
      if ('Error' in answer) throw new Error(JSON.stringify(answer['Error']))
      return answer
    },
    async bucket(bucket = 'recorded-bucket') {
      await s3.send(new CreateBucketCommand({ Bucket: bucket }))
      return bucket
    },
  }
}

/** Names that the recordings put in the place of values that differ from run to run. */
const stoodFor = new Set([
  'owner-id',
  'date',
  'sequencer',
  'object-sequencer',
  'request-id',
  'version-id',
  'amz-id',
  'amz-request-id',
  'host-id',
  'last-modified',
  'display-name',
  'i-d',
  'continuation-token',
  'next-continuation-token',
])

/** With those names turned into one that any value fits. */
function freed(value: unknown): unknown {
  if (typeof value === 'string') return stoodFor.has(value) ? 'datetime' : value
  if (Array.isArray(value)) return value.map(freed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, freed(item)]))
}

/** Without the content type that the SDK for JavaScript states where its caller states none. */
export function botoClient(cloud: Cloud, options: ClientOptions = {}): S3Client {
  const s3 = client(cloud, S3Client, options)
  s3.middlewareStack.add(
    (next) => (args) => {
      const input = args.input as { ContentType?: string }
      const request = args.request as { headers: Record<string, string> }
      const { headers } = request
      if (
        input.ContentType === undefined &&
        headers['content-type'] === 'application/octet-stream'
      ) {
        delete headers['content-type']
      }
      return next(args)
    },
    { step: 'build', priority: 'low' },
  )
  return s3
}

const reasons: Readonly<Record<number, string>> = {
  304: 'Not Modified',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  412: 'Precondition Failed',
}

/** An answer or error as boto3 gives it. */
export async function answerOf(s3: S3Client, command: Command): Promise<Recorded> {
  try {
    const output = (await s3.send(command as never)) as unknown as Recorded
    const { $metadata, Body, ...rest } = output
    const text = Body as { transformToString?: () => Promise<string> } | undefined
    const body =
      text?.transformToString === undefined ? {} : { Body: await text.transformToString() }
    const status = ($metadata as { httpStatusCode?: number }).httpStatusCode
    return withStatus({ ...decoded(rest), ...body }, status)
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error
    const status = (error.$metadata as { httpStatusCode: number }).httpStatusCode
    const isHead = command.constructor.name.startsWith('Head') || status === 304
    if (isHead) {
      return withStatus({ Error: { Code: String(status), Message: reasons[status] } }, status)
    }
    return withStatus({ Error: errorOf(error) }, status)
  }
}

function withStatus(answer: Recorded, status: number | undefined): Recorded {
  return { ...answer, ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: status } }
}

const notFields = new Set([
  'name',
  'stack',
  'message',
  'RequestId',
  'HostId',
  'requestId',
  'extendedRequestId',
  'Error',
])

function errorOf(error: Error): Recorded {
  const fields: Recorded = {}
  for (const key of Object.getOwnPropertyNames(error)) {
    if (key.startsWith('$') || key.startsWith('_') || notFields.has(key)) continue
    fields[key] = (error as unknown as Recorded)[key]
  }
  const { Code, Message, message, ...rest } = fields
  void [Message, message]
  const text = error.message === '' || error.message === 'UnknownError' ? null : error.message
  // An element without text is nothing to boto3.
  const entries = Object.entries(rest).map(([key, value]) => [key, value === '' ? null : value])
  return { Code: Code ?? error.name, Message: text, ...Object.fromEntries(entries) }
}

/** boto3 asks for keys in URL form and decodes them. */
function decoded(output: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(output).filter(([, value]) => value !== undefined)
  if (output['EncodingType'] !== 'url') return Object.fromEntries(entries)
  return Object.fromEntries(entries.map(([key, value]) => [key, decodedMember(key, value)]))
}

const encoded = new Set([
  'Key',
  'Prefix',
  'Delimiter',
  'Marker',
  'NextMarker',
  'KeyMarker',
  'NextKeyMarker',
  'StartAfter',
])

function decodedMember(key: string, value: unknown): unknown {
  if (typeof value === 'string' && encoded.has(key)) {
    return decodeURIComponent(value.replaceAll('+', ' '))
  }
  if (Array.isArray(value)) return value.map((item) => decodedMember('', item))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, decodedMember(name, item)]),
  )
}

/** An answer to a plain HTTP request, its error in the form of boto3. */
export async function plainAnswer(response: Response): Promise<Recorded> {
  const text = await response.text()
  const elements = [...text.matchAll(/<([\w-]+)(?:>([^<]*)<\/\1>|\/>)/g)].map(
    ([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"')],
  )
  const { RequestId, HostId, ...error } = Object.fromEntries(elements) as Record<string, string>
  void [RequestId, HostId]
  return withStatus({ Error: error }, response.status)
}
