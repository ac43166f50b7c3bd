import {
  contentEncodingBeside,
  decodeAwsChunked,
  decodeInput,
  type HttpRequest,
  isAwsChunked,
  statedChecksum,
  verifyChecksum,
  verifyContentMd5,
} from '@cloud-orrery/protocols'
import type { Cloud } from '../cloud.ts'
import type { Exchange } from '../exchange.ts'
import { httpInput } from '../http-operations.ts'

/** Reads the operation's input from the request, in the request's protocol. */
export function decode(_cloud: Cloud, exchange: Exchange): void {
  const { model, resolved, request, received, handler } = exchange
  if (handler?.isHttp === true && received !== undefined) {
    exchange.input = httpInput(request ?? received, exchange.servedName)
    return
  }
  if (model === undefined || resolved === undefined || request === undefined) return
  if (isAwsChunked(request)) exchange.request = unchunked(request, exchange)
  if (resolved.operation.checksum?.requestRequired === true) {
    verifyDocument(exchange.request ?? request)
  }
  exchange.input = decodeInput(model, resolved, exchange.request ?? request)
}

/** The body without its chunks; what came in trailing headers reads as if it had come in front. */
function unchunked(request: HttpRequest, { verification }: Exchange): HttpRequest {
  const { body, trailers } = decodeAwsChunked(request, verification)
  const { 'content-encoding': encoding, ...headers } = request.headers
  const rest = contentEncodingBeside(encoding)
  return {
    ...request,
    headers: {
      ...headers,
      ...(rest === undefined ? {} : { 'content-encoding': rest }),
      ...trailers,
      'content-length': String(body.byteLength),
    },
    body,
  }
}

/**
 * What a client states of a document that it sends: of tags, policies, keys to delete. Digests of objects and
 * parts are verified where they are stored.
 * Deviation: AWS refuses a document of which nothing is stated.
 */
function verifyDocument({ headers, body }: HttpRequest): void {
  const md5 = headers['content-md5']
  if (md5 !== undefined) verifyContentMd5(md5, body)
  const stated = statedChecksum(headers)
  if (stated !== undefined) verifyChecksum(stated, body)
}
