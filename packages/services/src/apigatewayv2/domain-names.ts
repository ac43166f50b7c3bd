import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateDomainName,
  DeleteDomainName,
  type DomainName,
  type DomainNameConfiguration,
  GetDomainName,
  GetDomainNames,
  UpdateDomainName,
} from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import {
  certificateRefusal,
  forgetDomainCertificate,
  noteDomainCertificate,
} from '../shared/apis/domain-certificates.ts'
import {
  apiMappings,
  type DomainNameRecord,
  domainHosts,
  domainNames,
  newTargetName,
  regionalZone,
} from '../shared/apis/domain-names.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { bad, domainNameExists, partNotFound } from './errors.ts'
import { tagsMax } from './limits.ts'
import { given, page } from './lookup.ts'
import { judged, managementArn } from './names.ts'

const namePattern = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/

export const createDomainName = operation(CreateDomainName, {
  authorize: (_, ctx) => judged('POST', '/domainnames', ctx),
  provenance: 'modelled',
  refuses: ['MutualTlsAuthentication'],
  run(ctx, { DomainName, DomainNameConfigurations = [], RoutingMode, Tags: tags = {} }) {
    const name = DomainName.toLowerCase()
    if (!namePattern.test(name)) throw bad('Invalid domain name specified')
    checkRouting(RoutingMode)
    const [configuration, ...more] = DomainNameConfigurations
    if (configuration === undefined || more.length > 0) {
      throw bad('Exactly one domain name configuration is required')
    }
    if (configuration.EndpointType !== undefined && configuration.EndpointType !== 'REGIONAL') {
      throw bad('Only REGIONAL domain names can be managed through the API Gateway V2 API')
    }
    if (configuration.CertificateArn === undefined) {
      throw bad('Regional certificate ARN must be specified for a REGIONAL endpoint')
    }
    if (Object.keys(tags).length > tagsMax) throw bad('Too many tags')
    if (domainHosts.has(ctx, name)) throw domainNameExists()
    checkCertificate(ctx, { name, endpointType: 'REGIONAL' }, configuration.CertificateArn)
    const { accountId, region } = ctx
    const targetName = newTargetName(ctx, 'REGIONAL')
    domainHosts.put(ctx, { name, targetName, accountId, region })
    const domain = domainNames.put(ctx, {
      name,
      accountId,
      region,
      createdAtMs: ctx.now(),
      endpointType: 'REGIONAL',
      ipAddressType: 'ipv4',
      securityPolicy: 'TLS_1_2',
      ...configured(configuration),
      targetName,
      hostedZoneId: regionalZone(region),
      routingMode: 'API_MAPPING_ONLY',
      tags,
    })
    noteDomainCertificate(ctx, domain)
    return shownDomain(ctx, domain)
  },
})

function checkCertificate(
  ctx: Context,
  domain: Pick<DomainNameRecord, 'name' | 'endpointType'>,
  arn: string,
): void {
  const refusal = certificateRefusal(ctx, domain, arn)
  if (refusal !== undefined) throw bad(refusal)
}

function checkRouting(mode: string | undefined): void {
  if (mode === undefined || mode === 'API_MAPPING_ONLY') return
  throw notModelled(`routing mode ${mode} of apigatewayv2:CreateDomainName`)
}

function configured(configuration: DomainNameConfiguration): Partial<DomainNameRecord> {
  const { SecurityPolicy: policy, IpAddressType } = configuration
  if (policy !== undefined && policy !== 'TLS_1_2') {
    throw bad(
      'Invalid security policy specified. REGIONAL domain names of HTTP APIs support TLS_1_2',
    )
  }
  return given({
    certificateArn: configuration.CertificateArn,
    certificateName: configuration.CertificateName,
    ownershipCertificateArn: configuration.OwnershipVerificationCertificateArn,
    ipAddressType:
      IpAddressType === undefined
        ? undefined
        : IpAddressType === 'dualstack'
          ? 'dualstack'
          : 'ipv4',
  } as const)
}

/** A custom domain name of this account and Region, made by either version of the API. */
export function theDomain(ctx: Context, name: string): DomainNameRecord {
  const domain = domainNames.get(ctx, name.toLowerCase())
  if (domain === undefined) throw partNotFound('DomainName', name)
  return domain
}

export const getDomainName = operation(GetDomainName, {
  authorize: ({ DomainName }, ctx) => judged('GET', `/domainnames/${DomainName}`, ctx),
  provenance: 'modelled',
  run: (ctx, { DomainName }) => shownDomain(ctx, theDomain(ctx, DomainName)),
})

export const getDomainNames = operation(GetDomainNames, {
  authorize: (_, ctx) => judged('GET', '/domainnames', ctx),
  provenance: 'modelled',
  run(ctx, paging) {
    const { items, nextToken } = page(ctx, domainNames, [], paging)
    const Items = items.map((domain) => shownDomain(ctx, domain))
    return { Items, ...given({ NextToken: nextToken }) }
  },
})

export const updateDomainName = operation(UpdateDomainName, {
  authorize: ({ DomainName }, ctx) => judged('PATCH', `/domainnames/${DomainName}`, ctx),
  provenance: 'modelled',
  refuses: ['MutualTlsAuthentication'],
  run(ctx, { DomainName, DomainNameConfigurations, RoutingMode }) {
    const [configuration] = DomainNameConfigurations ?? []
    const domain = theDomain(ctx, DomainName)
    checkRouting(RoutingMode)
    const changes = configuration === undefined ? {} : configured(configuration)
    const { certificateArn } = changes
    if (certificateArn !== undefined && certificateArn !== domain.certificateArn) {
      checkCertificate(ctx, domain, certificateArn)
    }
    const changed = domainNames.put(ctx, { ...domain, ...changes })
    noteDomainCertificate(ctx, changed)
    return shownDomain(ctx, changed)
  },
})

export const deleteDomainName = operation(DeleteDomainName, {
  authorize: ({ DomainName }, ctx) => judged('DELETE', `/domainnames/${DomainName}`, ctx),
  provenance: 'modelled',
  run(ctx, { DomainName }) {
    const domain = theDomain(ctx, DomainName)
    const { name } = domain
    forgetDomainCertificate(ctx, domain)
    for (const mapping of [...apiMappings.scan(ctx, { prefix: orderedKey(name, '') })]) {
      apiMappings.delete(ctx, apiMappings.options.key(mapping))
    }
    domainNames.delete(ctx, name)
    domainHosts.delete(ctx, name)
    return {}
  },
})

function shownDomain(ctx: Context, domain: DomainNameRecord): DomainName {
  return {
    ApiMappingSelectionExpression: '$request.basepath',
    DomainName: domain.name,
    DomainNameArn: managementArn(ctx, `/domainnames/${domain.name}`),
    DomainNameConfigurations: [
      {
        ApiGatewayDomainName: domain.targetName,
        ...given({
          CertificateArn: domain.certificateArn,
          CertificateName: domain.certificateName,
          OwnershipVerificationCertificateArn: domain.ownershipCertificateArn,
        }),
        DomainNameStatus: 'AVAILABLE',
        EndpointType: domain.endpointType,
        HostedZoneId: domain.hostedZoneId,
        IpAddressType: domain.ipAddressType,
        SecurityPolicy: domain.securityPolicy,
      },
    ],
    RoutingMode: 'API_MAPPING_ONLY',
    Tags: domain.tags,
  }
}
