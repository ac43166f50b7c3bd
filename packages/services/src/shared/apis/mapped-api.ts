import { operationDescriptor } from '@cloud-orrery/models'
import type { HttpOperationInput, HttpOperationOutput } from '../../http-operation.ts'

/** A request that came to a custom domain name and is mapped to an HTTP API. */
export interface MappedApiInput extends HttpOperationInput {
  readonly apiId: string
  readonly stageName: string
  /** Of the mapping, without slashes at its ends; the path still has it. */
  readonly basePath: string
}

/**
 * Hosts of custom domain names are answered by `apigateway`; what is mapped to an HTTP API goes on to `apigatewayv2`
 * by this internal operation, as the caller's own request.
 */
export const InvokeMappedApi = operationDescriptor<MappedApiInput, HttpOperationOutput>(
  'apigatewayv2',
  'InvokeMappedApi',
)
