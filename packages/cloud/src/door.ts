import { type Departure, invariant, type JournalEntry } from '@cloud-orrery/kernel'
import type { OperationModel } from '@cloud-orrery/models'
import {
  encodeError,
  encodeOutput,
  type HttpRequest,
  type HttpResponse,
} from '@cloud-orrery/protocols'
import type { Cloud } from './cloud.ts'
import { wordingOf } from './errors.ts'
import type { Door, Exchange } from './exchange.ts'
import { httpAnswer } from './http-operations.ts'
import { plainHttp } from './plain-http.ts'
import { makeCall, readRequest } from './request-path.ts'
import { encodeUnknown } from './unknown-service.ts'

export interface Answer {
  readonly response: HttpResponse
  /** The operation's output is a stream to its client: a body or an event stream. */
  readonly streaming: boolean
}

/** Answers one request from outside: every door leads here. Never throws for what the request contains. */
export async function answer(
  cloud: Cloud,
  door: Exclude<Door, 'internal'>,
  received: HttpRequest,
  options: {
    signal?: Departure | undefined
    verifiedKeys?: Set<string>
    /** The entry of the invocation whose code asks. */
    cause?: JournalEntry | undefined
  } = {},
): Promise<Answer> {
  const plain = plainHttp(cloud, received)
  const served = plain === undefined ? undefined : await plain
  if (served !== undefined) return { response: served, streaming: false }
  return await cloud.kernel.scheduler.enter(
    async (turn) => {
      const exchange: Exchange = {
        door,
        requestId: cloud.nextRequestId(),
        received,
        accountId: cloud.defaultAccountId,
        region: cloud.defaultRegion,
        cause: options.cause,
        decisions: [],
        turn,
        signal: options.signal,
        verifiedKeys: options.verifiedKeys,
      }
      try {
        let read = readRequest(cloud, exchange)
        if (read instanceof Promise) read = await read
        if (read) {
          const made = makeCall(cloud, exchange)
          if (made !== undefined) await made
        } else noteRefusal(cloud, exchange)
        return { response: encode(exchange, received), streaming: isStreaming(exchange) }
      } catch (error) {
        exchange.error = cloud.bug(error, exchange.model && wordingOf(exchange))
        return { response: encode(exchange, received), streaming: false }
      }
    },
    undefined,
    { movesTime: door !== 'code' },
  )
}

const streaming = new WeakMap<OperationModel, boolean>()

function isStreaming({ resolved, handler, error }: Exchange): boolean {
  if (resolved === undefined || error !== undefined) return false
  if (handler?.isHttp === true) return true
  const { operation } = resolved
  let known = streaming.get(operation)
  if (known === undefined) {
    known = Object.values(operation.output.members ?? {}).some(
      ({ shape }) => shape.streaming === true || shape.eventStream === true,
    )
    streaming.set(operation, known)
  }
  return known
}

function encode(exchange: Exchange, received: HttpRequest): HttpResponse {
  const { model, resolved, requestId, error } = exchange
  if (error === undefined && model !== undefined && resolved !== undefined) {
    if (exchange.handler?.isHttp === true) return httpAnswer(exchange.output, requestId)
    return encodeOutput(model, resolved, exchange.output, requestId)
  }
  invariant(error !== undefined, 'a call that was not answered was refused')
  if (model === undefined) return encodeUnknown(exchange, received, error)
  const { protocol } = wordingOf(exchange)
  const resource = received.path
  return encodeError(model, protocol, resolved?.operation, error, {
    requestId,
    resource,
    method: received.method,
  })
}

function noteRefusal(cloud: Cloud, exchange: Exchange): void {
  const { error, received, service, resolved } = exchange
  cloud.kernel.journal.append({
    atMs: cloud.kernel.clock.nowMs,
    kind: 'refused',
    name: `${service?.name ?? 'unknown'}.${resolved?.operation.name ?? 'unknown'}`,
    cause: exchange.cause?.sequence,
    entered: true,
    accountId: exchange.accountId,
    region: exchange.region,
    data: {
      requestId: exchange.requestId,
      method: received?.method,
      path: received?.path,
      error: error === undefined ? undefined : { code: error.code, message: error.message },
    },
  })
}
