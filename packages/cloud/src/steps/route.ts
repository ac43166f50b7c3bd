import { invariant } from '@cloud-orrery/kernel'
import { loadServiceModel, type ServiceModel } from '@cloud-orrery/models'
import {
  type HttpRequest,
  parseSignature,
  resolveOperation,
  type SignatureReading,
  unknownOperation,
} from '@cloud-orrery/protocols'
import type { Service } from '@cloud-orrery/services'
import type { Cloud } from '../cloud.ts'
import { serviceNotModelled } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import { endpointOf, toPathStyle } from '../hosts.ts'
import { hostOf, httpOperationModel } from '../http-operations.ts'
import { type ServedName, servedAt } from '../modelled-names.ts'
import { withQueryHeaders } from '../query-headers.ts'
import {
  folderOf,
  folderOfLink,
  folderOfPath,
  folderOfQueryVersion,
  folderOfTarget,
} from '../service-names.ts'

/** Finds the service, the region and the operation that a request means. */
export function route(cloud: Cloud, exchange: Exchange): void | Promise<void> {
  const { received } = exchange
  if (received === undefined) return
  const signature = parseSignature(received)
  exchange.signature = signature
  const served = servedAt(cloud, hostOf(received.headers))
  if (served !== undefined) return routeHttp(cloud, exchange, served)
  const found = serviceOf(received, signature)
  if (found.region !== undefined) exchange.region = found.region
  const known = folderOf(found.service, received.headers['x-amz-target']?.split('.')[0])
  if (known === undefined) throw serviceNotModelled(found.service)
  const name = folderOfPath(known, received.path)
  exchange.request = name === 's3' ? withQueryHeaders(toPathStyle(received)) : received
  const service = cloud.services.loaded(name)
  if (service !== undefined) return routeTo(cloud, exchange, service)
  return cloud.services.load(name).then((service) => routeTo(cloud, exchange, service))
}

/** To an operation that answers plain HTTP. The region is in the host's name. */
async function routeHttp(
  cloud: Cloud,
  exchange: Exchange,
  { name, folder, operation }: ServedName,
): Promise<void> {
  exchange.servedName = name
  const service = await cloud.services.load(folder)
  exchange.service = service
  exchange.model = loadServiceModel(service.name)
  resolveHttp(cloud, exchange, exchange.model, operation)
  const region = /\b[a-z]{2}(?:-[a-z]+)+-\d\b/.exec(name)?.[0]
  if (region !== undefined) exchange.region = region
}

function resolveHttp(
  cloud: Cloud,
  exchange: Exchange,
  model: ServiceModel,
  operation: string,
): void {
  const [protocol] = model.protocols
  invariant(protocol !== undefined, 'a service speaks a protocol')
  exchange.operationModel = httpOperationModel(operation)
  exchange.resolved = { protocol, operation: exchange.operationModel, labels: {} }
  const handler = cloud.services.handler(model.name, operation)
  if (handler !== undefined) exchange.handler = handler
}

function routeTo(cloud: Cloud, exchange: Exchange, service: Service): void {
  const { request } = exchange
  invariant(request !== undefined, 'a routed call has a request')
  exchange.service = service
  exchange.model = loadServiceModel(service.name)
  const resolved = resolveOperation(exchange.model, request)
  if (resolved === undefined) {
    if (service.unlisted === undefined) throw unknownOperation(exchange.model, request)
    resolveHttp(cloud, exchange, exchange.model, service.unlisted(request))
    return
  }
  exchange.resolved = resolved
  exchange.operationModel = resolved.operation
  const handler = cloud.services.handler(service.name, resolved.operation.name)
  if (handler !== undefined) exchange.handler = handler
}

/** The credential scope says it; without a signature the host, the target, the version; else S3. */
function serviceOf(
  request: HttpRequest,
  signature: SignatureReading,
): { service: string; region?: string } {
  if (signature !== undefined && 'scope' in signature) {
    const { service, regions } = signature.scope
    const region = regions.find((name) => !name.includes('*'))
    return region === undefined ? { service } : { service, region }
  }
  const endpoint = endpointOf(request.headers['host'] ?? '')
  if (endpoint !== undefined) return endpoint
  const target = request.headers['x-amz-target']?.split('.')[0]
  const byTarget = target === undefined ? undefined : folderOfTarget(target)
  if (byTarget !== undefined) return { service: byTarget }
  const version = queryParameter(request, 'Version')
  const byVersion = version === undefined ? undefined : folderOfQueryVersion(version)
  if (byVersion !== undefined) return { service: byVersion }
  return linkedService(request) ?? { service: 's3' }
}

/** A link to a query action; on a host that is none of AWS's, the ARN in it says the region. */
function linkedService(request: HttpRequest): { service: string; region?: string } | undefined {
  const service = folderOfLink(queryParameter(request, 'Action') ?? '')
  if (service === undefined || request.path !== '/') return undefined
  const arn = queryParameter(request, 'TopicArn') ?? queryParameter(request, 'SubscriptionArn')
  const region = arn?.split(':')[3]
  return region === undefined || region === '' ? { service } : { service, region }
}

function queryParameter(request: HttpRequest, name: string): string | undefined {
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const text = form ? new TextDecoder().decode(request.body.subarray(0, 65_536)) : request.query
  return new URLSearchParams(text).get(name) ?? undefined
}
