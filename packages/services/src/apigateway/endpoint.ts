import { badRequest } from './errors.ts'
import { compressionSizeBytesMax } from './limits.ts'

/** Where an API is reached. Recorded: apigateway, `test_create_rest_api_with_endpoint_configuration`. */
export function endpointOf(
  types: readonly string[] | undefined,
  ipAddressType: string | undefined,
): { endpointType: string; ipAddressType: string } {
  if (types !== undefined && types.length === 0) {
    throw badRequest('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.')
  }
  if (types !== undefined && types.length > 1) {
    throw badRequest('Cannot create an api with multiple Endpoint Types.')
  }
  const endpointType = types?.[0] ?? 'EDGE'
  const given = ipAddressType === undefined || ipAddressType === '' ? undefined : ipAddressType
  if (endpointType === 'PRIVATE' && given === 'ipv4') throw privateNeedsDualstack()
  return {
    endpointType,
    ipAddressType: given ?? (endpointType === 'PRIVATE' ? 'dualstack' : 'ipv4'),
  }
}

/** Recorded: apigateway, UpdateRestApi, `update-rest-api-replace-to-ipv4-within-private-type`. */
export function privateNeedsDualstack() {
  return badRequest('Only dualstack ipAddressType is supported for Private APIs.')
}

export function checkCompression(sizeBytes: number): void {
  if (Number.isInteger(sizeBytes) && sizeBytes >= 0 && sizeBytes <= compressionSizeBytesMax) return
  throw badRequest(
    `Invalid minimum compression size, must be between 0 and ${compressionSizeBytesMax}`,
  )
}
