import type { AwsError, OperationModel, Protocol, ServiceModel } from '@cloud-orrery/models'
import type { ErrorContext, HttpRequest, HttpResponse, ResolvedOperation } from './http.ts'

/** One wire protocol from the server's side. */
export interface Codec {
  /** Throws `DecodeProblem` where the request can't be read. */
  decode(
    model: ServiceModel,
    resolved: ResolvedOperation,
    request: HttpRequest,
  ): Record<string, unknown>
  encode(
    model: ServiceModel,
    resolved: ResolvedOperation,
    output: Record<string, unknown>,
    context: ResponseContext,
  ): HttpResponse
  encodeError(
    model: ServiceModel,
    protocol: Protocol,
    operation: OperationModel | undefined,
    error: AwsError,
    context: ErrorContext,
  ): HttpResponse
}

export interface ResponseContext {
  requestId: string
  /** S3's `x-amz-id-2`. */
  hostId?: string
}
