import type { AwsError, OperationModel, Protocol, ServiceModel } from '@cloud-orrery/models'
import { rpcV2Cbor } from './cbor/rpc-v2-cbor.ts'
import type { Codec } from './codec.ts'
import type { ErrorContext, HttpRequest, HttpResponse, ResolvedOperation } from './http.ts'
import { awsJson } from './json/aws-json.ts'
import { DecodeProblem } from './problem.ts'
import { awsQuery } from './query/aws-query.ts'
import { ec2Query } from './query/ec2-query.ts'
import { refusalOf } from './refusals.ts'
import { restJson } from './rest/rest-json.ts'
import { restXml } from './rest/rest-xml.ts'
import { asRecord } from './values.ts'

const codecs: Readonly<Record<Protocol, Codec>> = {
  awsJson1_0: awsJson,
  awsJson1_1: awsJson,
  restJson1: restJson,
  restXml,
  awsQuery,
  ec2Query,
  rpcv2Cbor: rpcV2Cbor,
}

/**
 * Members of the operation's input by their model names: timestamps as epoch milliseconds, blobs as
 * `Uint8Array`, longs as numbers (`bigint` past 2^53), documents as plain JSON. Absent and null members are
 * left out, unknown ones ignored. Throws `AwsError`: what AWS answers in that protocol.
 */
export function decodeInput(
  model: ServiceModel,
  resolved: ResolvedOperation,
  request: HttpRequest,
): Record<string, unknown> {
  try {
    return codecs[resolved.protocol].decode(model, resolved, request)
  } catch (cause) {
    if (cause instanceof DecodeProblem) throw refusalOf(model, resolved.protocol, cause)
    throw cause
  }
}

/** The response of a success. `output` has the conventions of `decodeInput`'s result. */
export function encodeOutput(
  model: ServiceModel,
  resolved: ResolvedOperation,
  output: unknown,
  requestId: string,
  hostId?: string,
): HttpResponse {
  const record = asRecord(output ?? {}, resolved.operation.output.name)
  const context = hostId === undefined ? { requestId } : { requestId, hostId }
  return codecs[resolved.protocol].encode(model, resolved, record, context)
}

/** The response of a refusal, in the caller's protocol; `operation` is undefined before one is known. */
export function encodeError(
  model: ServiceModel,
  protocol: Protocol,
  operation: OperationModel | undefined,
  error: AwsError,
  context: ErrorContext,
): HttpResponse {
  return codecs[protocol].encodeError(model, protocol, operation, error, context)
}
