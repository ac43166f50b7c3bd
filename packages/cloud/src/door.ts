import { type Departure, invariant, type JournalEntry, SimulatorError } from '@cloud-orrery/kernel'
import {
  AwsError,
  loadServiceModel,
  type OperationModel,
  type Protocol,
} from '@cloud-orrery/models'
import {
  encodeError,
  encodeOutput,
  type HttpRequest,
  type HttpResponse,
  parseSignature,
} from '@cloud-orrery/protocols'
import type { Cloud } from './cloud.ts'
import { wordingOf } from './errors.ts'
import type { Door, Exchange } from './exchange.ts'
import { httpAnswer } from './http-operations.ts'
import { plainHttp } from './plain-http.ts'
import { makeCall, readRequest } from './request-path.ts'
import { folderOf } from './service-names.ts'
import { encodeUnknown, protocolOfRequest } from './unknown-service.ts'

export interface Answer {
  readonly response: HttpResponse
  /** The operation's output is a stream to its client: a body or an event stream. */
  readonly streaming: boolean
}

interface AnswerOptions {
  readonly signal?: Departure | undefined
  readonly verifiedKeys?: Set<string>
  /** The entry of the invocation whose code asks. */
  readonly cause?: JournalEntry | undefined
}

/** Answers one request from outside: every door leads here. Never throws for what the request contains. */
export async function answer(
  cloud: Cloud,
  door: Exclude<Door, 'internal'>,
  received: HttpRequest,
  options: AnswerOptions = {},
): Promise<Answer> {
  const plain = plainHttp(cloud, received)
  const served = plain === undefined ? undefined : await plain
  if (served !== undefined) return { response: served, streaming: false }
  if (cloud.durability?.refusal !== undefined) await cloud.durability.retry()
  if (cloud.durability?.refusal !== undefined) return unkept(received, cloud.durability.refusal)
  const answered = await enter(cloud, door, received, options)
  // The user's code is part of the model: what it returns is kept, and a held clock must not wait for a disk.
  if (door === 'code') return answered
  try {
    await cloud.durability?.kept()
  } catch (error) {
    if (!(error instanceof SimulatorError)) throw error
    return unkept(received, error)
  }
  return answered
}

/**
 * A call that cannot be kept is refused as by a service that is out for the moment: clients try again. It has no
 * request id of the cloud's, since it leaves no trace there.
 */
function unkept(received: HttpRequest, { message, next }: SimulatorError): Answer {
  const error = new AwsError(
    { kind: 'error', code: 'ServiceUnavailable', status: 503, fault: 'server' },
    `${message} ${next}`,
  )
  const signature = parseSignature(received)
  const name = signature !== undefined && 'scope' in signature ? signature.scope.service : ''
  const requestId = '00000000-0000-0000-0000-000000000000'
  const folder = folderOf(name)
  const guessed = protocolOfRequest(received, name)
  const response =
    folder === undefined
      ? encodeUnknown({ requestId, signature }, received, error)
      : encodeOutage(folder, guessed, received, requestId, error)
  return { response, streaming: false }
}

function encodeOutage(
  folder: string,
  guessed: Protocol,
  { path: resource, method }: HttpRequest,
  requestId: string,
  error: AwsError,
): HttpResponse {
  const model = loadServiceModel(folder)
  const protocol = model.protocols.includes(guessed) ? guessed : (model.protocols[0] ?? guessed)
  return encodeError(model, protocol, undefined, error, { requestId, resource, method })
}

async function enter(
  cloud: Cloud,
  door: Exclude<Door, 'internal'>,
  received: HttpRequest,
  options: AnswerOptions,
): Promise<Answer> {
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
        const response = encode(exchange, received)
        return {
          response: withFurtherHeaders(cloud, exchange, response),
          streaming: isStreaming(exchange),
        }
      } catch (error) {
        exchange.error = cloud.bug(error, exchange.model && wordingOf(exchange))
        // A replay has to draw its request id too.
        if (exchange.entry === undefined) noteRefusal(cloud, exchange)
        return { response: encode(exchange, received), streaming: false }
      }
    },
    undefined,
    { movesTime: door !== 'code' },
  )
}

/** A service may add to what is answered by what the request brought: S3's CORS headers. */
function withFurtherHeaders(cloud: Cloud, exchange: Exchange, response: HttpResponse) {
  const { service, request, received, resolved, error, input } = exchange
  if (service?.answered === undefined || received === undefined) return response
  const ctx = exchange.ctx ?? cloud.contextOfCall(service, exchange)
  const further = service.answered(ctx, {
    request: request ?? received,
    response,
    ...(resolved === undefined ? {} : { operation: resolved.operation.name }),
    ...(error === undefined ? {} : { error }),
    input,
  })
  if (further === undefined) return response
  return { ...response, headers: { ...response.headers, ...further } }
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

export function encode(exchange: Exchange, received: HttpRequest): HttpResponse {
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
