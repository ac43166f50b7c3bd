import type { HttpRequest } from '@cloud-orrery/protocols'

const s3Host = /^(?:(?<bucket>.+)\.)?s3(?:[.-](?<region>[a-z]{2}-[a-z]+-\d))?\.amazonaws\.com$/
const serviceHost =
  /^(?:.+\.)?(?<service>[a-z0-9-]+)\.(?<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/
const globalHost = /^(?<service>[a-z0-9-]+)\.amazonaws\.com$/
/** Virtual-host style on our own port: `bucket.localhost:4566`, `bucket.s3.localhost:4566`. */
const localBucketHost = /^(?<bucket>.+?)\.(?:s3\.)?localhost$/

/** Which endpoint an AWS host name is; undefined for other names. */
export function endpointOf(host: string): { service: string; region?: string } | undefined {
  const name = withoutPort(host)
  const s3 = s3Host.exec(name)?.groups
  if (s3 !== undefined) return withRegion('s3', s3['region'])
  const regional = serviceHost.exec(name)?.groups
  if (regional?.['service'] !== undefined)
    return withRegion(regional['service'], regional['region'])
  const service = globalHost.exec(name)?.groups?.['service']
  return service === undefined ? undefined : { service }
}

/** A virtual-host-style S3 request in path style; others as they are. */
export function toPathStyle(request: HttpRequest): HttpRequest {
  const name = withoutPort(request.headers['host'] ?? '')
  const bucket =
    s3Host.exec(name)?.groups?.['bucket'] ?? localBucketHost.exec(name)?.groups?.['bucket']
  if (bucket === undefined || bucket === 's3') return request
  return { ...request, path: `/${bucket}${request.path}` }
}

function withRegion(
  service: string,
  region: string | undefined,
): { service: string; region?: string } {
  return region === undefined ? { service } : { service, region }
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}
