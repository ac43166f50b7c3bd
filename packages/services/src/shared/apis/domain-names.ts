import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'

/** A custom domain name: both versions of API Gateway's API show and change the same ones. */
export interface DomainNameRecord {
  /** `api.example.com`, or `*.example.com`. */
  readonly name: string
  readonly accountId: string
  readonly region: string
  readonly createdAtMs: number
  readonly endpointType: 'REGIONAL' | 'EDGE'
  readonly ipAddressType: 'ipv4' | 'dualstack'
  readonly certificateArn?: string
  readonly certificateName?: string
  readonly securityPolicy: string
  /** Where DNS has to lead: `d-abcdefghij.execute-api.us-east-1.amazonaws.com`, or a distribution's name. */
  readonly targetName: string
  readonly hostedZoneId: string
  readonly mutualTls?: { readonly truststoreUri?: string; readonly truststoreVersion?: string }
  readonly ownershipCertificateArn?: string
  readonly routingMode: string
  readonly tags: Readonly<Record<string, string>>
}

export const domainNames = table<DomainNameRecord>('apis.domain-names', {
  key: (it) => it.name,
  resource: ({ region, name }) => `arn:aws:apigateway:${region}::/domainnames/${name}`,
  partition: 'region',
})

/** Which API and stage answers for a path of a custom domain name. */
export interface ApiMappingRecord {
  readonly id: string
  readonly domainName: string
  /** Without slashes at its ends; empty for the rest. Several segments only by version 2. */
  readonly basePath: string
  readonly apiId: string
  readonly kind: 'REST' | 'HTTP' | 'WEBSOCKET'
  /** Empty where the next segment of the path names it: REST APIs only. */
  readonly stage: string
}

export const apiMappings = table<ApiMappingRecord, 'api'>('apis.mappings', {
  key: (it) => orderedKey(it.domainName, it.basePath),
  partition: 'region',
  indexes: { api: (it) => it.apiId },
})

/** Owners of custom domain names: a name belongs to one account and region of all. */
export interface DomainHostRecord {
  /** The custom name. */
  readonly name: string
  /** Its target's. */
  readonly targetName: string
  readonly accountId: string
  readonly region: string
}

export const domainHosts = table<DomainHostRecord>('apis.domain-hosts', {
  key: (it) => it.name,
  partition: 'cloud',
})

/** The custom domain name that a host means: its own, else the wildcard's. */
export function domainHost(ctx: Context, host: string): DomainHostRecord | undefined {
  return domainHosts.get(ctx, host) ?? domainHosts.get(ctx, host.replace(/^[^.]+/, '*'))
}

/** The mapping with the longest base path that a path begins with, and what is left of the path. */
export function mappingOf(
  ctx: Context,
  domainName: string,
  path: string,
): { readonly mapping: ApiMappingRecord; readonly rest: string } | undefined {
  const segments = path.split('/').filter((segment) => segment !== '')
  for (let count = segments.length; count >= 0; count -= 1) {
    const basePath = segments.slice(0, count).join('/')
    const mapping = apiMappings.get(ctx, orderedKey(domainName, basePath))
    if (mapping !== undefined) {
      return { mapping, rest: basePath === '' ? path : path.slice(basePath.length + 1) || '/' }
    }
  }
  return undefined
}

/** Hosted zones of regional endpoints. Source: AWS General Reference, "Amazon API Gateway endpoints and quotas". */
const regionalZones: Readonly<Record<string, string>> = {
  'us-east-1': 'Z1UJRXOUMOOFQ8',
  'us-east-2': 'ZOJJZC49E0EPZ',
  'us-west-1': 'Z2MUQ32089INYE',
  'us-west-2': 'Z2OJLYMUO9EFXC',
  'ap-northeast-1': 'Z1YSHQZHG15GKL',
  'ap-southeast-1': 'ZL327KTPIQFUL',
  'ap-southeast-2': 'Z2RPCDW04V8134',
  'eu-central-1': 'Z1U9ULNL0V5AJ3',
  'eu-north-1': 'Z3UWIKFBOOGXPP',
  'eu-west-1': 'ZLY8HYME6SFDD',
  'eu-west-2': 'ZJ5UAJN8Y3Z2Q',
  'eu-west-3': 'Z3KY65QIEKYHQQ',
}

/** CloudFront's, of all edge-optimized names. Source: Route 53 API Reference, AliasTarget. */
export const distributionZone = 'Z2FDTNDATAQYW2'

export function regionalZone(region: string): string {
  return regionalZones[region] ?? 'Z1UJRXOUMOOFQ8'
}

const targetAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new domain name's target, which a service's `hosts` recognise. */
export function newTargetName(ctx: Context, endpointType: 'REGIONAL' | 'EDGE'): string {
  return endpointType === 'EDGE'
    ? `d${ctx.ids.from(targetAlphabet, 9)}agw0.cloudfront.net`
    : `d-${ctx.ids.from(targetAlphabet, 10)}.execute-api.${ctx.region}.amazonaws.com`
}
