import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import type { Cloud } from './cloud.ts'
import { endpointOf } from './hosts.ts'
import { folderOfPlainPath } from './service-names.ts'

/**
 * Answers what a service serves by plain HTTP, which is no API call and changes nothing: SNS's certificate.
 * Undefined where the request is none of these.
 */
export function plainHttp(
  cloud: Cloud,
  request: HttpRequest,
): Promise<HttpResponse | undefined> | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
  const folder = folderOfPlainPath(request.path)
  return folder === undefined ? undefined : served(cloud, folder, request)
}

async function served(
  cloud: Cloud,
  folder: string,
  request: HttpRequest,
): Promise<HttpResponse | undefined> {
  const service = await cloud.services.load(folder)
  const region = endpointOf(request.headers['host'] ?? '')?.region ?? cloud.defaultRegion
  const ctx = cloud.contextOf(service, { accountId: cloud.defaultAccountId, region })
  return service.http?.(ctx, request)
}
