import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { AwsQueryProtocol } from '@aws-sdk/core/protocols'
import { client, createCloud } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

/** The account in which the recordings were made. */
export const recordedAccount = '111111111111'

/** SQS as clients spoke it before 2023, and as many still do. */
export class SqsQueryClient extends SQSClient {
  constructor(config: NonNullable<ConstructorParameters<typeof SQSClient>[0]>) {
    super({
      ...config,
      protocol: AwsQueryProtocol,
      protocolSettings: {
        defaultNamespace: 'com.amazonaws.sqs',
        xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
        version: '2012-11-05',
      },
    })
  }
}

/** How a recording was made: the end of its name. */
export type Variant = 'sqs' | 'sqs_query'

export const recorded = test.skipIf(!recordingsPresent)

/**
 * What the SDK for JavaScript shows otherwise than boto: `Detail`, an empty element of query errors;
 * `message`, which boto repeats beside modelled errors; `xmlns`, which the SDK takes for a member.
 */
const shownOtherwise = ['Error.Detail', 'message', 'xmlns']

/** A fresh cloud and one recorded test, whose answers are compared one by one. */
export function replaying(name: string, variant: Variant = 'sqs', file = 'test_sqs') {
  const cloud = createCloud({ accountId: recordedAccount, deepFreeze: true })
  const sqs = client(cloud, variant === 'sqs' ? SQSClient : SqsQueryClient)
  const content = recording(`sqs/${file}`, name)
  const bindings: Bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])
  const errorName = watchErrorNames(sqs)
  return {
    cloud,
    content,
    bindings,
    sqs,
    async newQueue(Attributes: Record<string, string> = {}, QueueName?: string) {
      const usual = Object.keys(Attributes).some((key) => key === 'FifoQueue')
        ? 'a-queue.fifo'
        : 'a-queue'
      const input = { QueueName: QueueName ?? usual, Attributes }
      return (await sqs.send(new CreateQueueCommand(input))).QueueUrl ?? ''
    },
    /** Compares a call's answer with the recorded one of this key. */
    async answers<O extends object>(key: string, call: Promise<O>, ignore: readonly string[] = []) {
      const { Error: error, ...rest } = await asRecorded(call)
      const name = errorName()
      const shown =
        error === undefined || name === undefined
          ? error
          : { ...(error as Recorded), QueryErrorCode: name }
      const actual = shown === undefined ? rest : { ...rest, Error: shown }
      expectRecorded(actual, content[key], bindings, [...shownOtherwise, ...ignore])
      return error === undefined ? await call : undefined
    },
    /** Compares what was seen otherwise. */
    holds(key: string, actual: unknown, ignore: readonly string[] = []) {
      expectRecorded(actual, content[key], bindings, ignore)
    },
  }
}

/**
 * In JSON an error has a name beside its query code, which boto calls `QueryErrorCode` and the SDK for
 * JavaScript hides: it is read off the wire.
 */
function watchErrorNames(sqs: SQSClient): () => string | undefined {
  let name: string | undefined
  sqs.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { statusCode, body } = result.response as { statusCode: number; body: unknown }
      name = undefined
      const text = body instanceof Uint8Array ? Buffer.from(body).toString() : ''
      if (statusCode >= 400 && text.startsWith('{')) {
        name = (JSON.parse(text) as { __type: string }).__type.split('#').at(-1)
      }
      return result
    },
    { step: 'deserialize', priority: 'low' },
  )
  return () => name
}

export type Replaying = ReturnType<typeof replaying>
