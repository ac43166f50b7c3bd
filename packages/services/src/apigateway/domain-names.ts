import {
  CreateDomainName,
  type CreateDomainNameRequest,
  DeleteDomainName,
  type DomainName,
  GetDomainName,
  GetDomainNames,
  UpdateDomainName,
} from '@cloud-orrery/models/apigateway'
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
  distributionZone,
  domainHosts,
  domainNames,
  newTargetName,
  regionalZone,
} from '../shared/apis/domain-names.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { badRequest, domainNameNotFound, invalidPatchPath } from './errors.ts'
import { page } from './pages.ts'
import { defined, only, type Patch, patchesOf } from './patches.ts'
import { needs, permission } from './permissions.ts'

export const createDomainName = operation(CreateDomainName, {
  authorize: (_input, ctx) => permission(ctx, 'POST', '/domainnames'),
  provenance: 'modelled',
  refuses: [
    'certificateBody',
    'certificatePrivateKey',
    'certificateChain',
    'endpointAccessMode',
    'policy',
    'mutualTlsAuthentication',
  ],
  run(ctx, input) {
    const name = input.domainName.toLowerCase()
    const endpointType = endpointOf(input)
    if (!/^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(name)) {
      throw badRequest('Invalid domain name specified')
    }
    const certificateArn =
      endpointType === 'REGIONAL' ? input.regionalCertificateArn : input.certificateArn
    if (certificateArn === undefined) {
      throw badRequest(
        endpointType === 'REGIONAL'
          ? 'Regional certificate ARN must be specified for a REGIONAL endpoint'
          : 'Certificate ARN must be specified for an EDGE endpoint',
      )
    }
    if (domainHosts.has(ctx, name)) {
      throw badRequest('The domain name you provided already exists.')
    }
    checkCertificate(ctx, { name, endpointType }, certificateArn)
    const targetName = newTargetName(ctx, endpointType)
    const { accountId, region } = ctx
    domainHosts.put(ctx, { name, targetName, accountId, region })
    const record = domainNames.put(
      ctx,
      defined({
        name,
        accountId,
        region,
        createdAtMs: Math.floor(ctx.now() / 1000) * 1000,
        endpointType,
        ipAddressType:
          input.endpointConfiguration?.ipAddressType === 'dualstack' ? 'dualstack' : 'ipv4',
        certificateArn,
        certificateName: input.certificateName ?? input.regionalCertificateName,
        securityPolicy: input.securityPolicy ?? 'TLS_1_2',
        targetName,
        hostedZoneId: endpointType === 'EDGE' ? distributionZone : regionalZone(region),
        ownershipCertificateArn: input.ownershipVerificationCertificateArn,
        routingMode: input.routingMode ?? 'BASE_PATH_MAPPING_ONLY',
        tags: input.tags ?? {},
      } as const),
    )
    noteDomainCertificate(ctx, record)
    return shownDomain(record)
  },
})

function checkCertificate(
  ctx: Context,
  domain: Pick<DomainNameRecord, 'name' | 'endpointType'>,
  arn: string,
): void {
  const refusal = certificateRefusal(ctx, domain, arn)
  if (refusal !== undefined) throw badRequest(refusal)
}

function endpointOf({ endpointConfiguration, routingMode }: CreateDomainNameRequest) {
  const [type = 'EDGE', ...more] = endpointConfiguration?.types ?? []
  if (more.length > 0) {
    throw badRequest('Cannot create a domain name with multiple Endpoint Types.')
  }
  if (routingMode !== undefined && routingMode !== 'BASE_PATH_MAPPING_ONLY') {
    throw notModelled(`routingMode ${routingMode} of CreateDomainName`)
  }
  if (type === 'PRIVATE') throw notModelled('endpoint type PRIVATE of CreateDomainName')
  return type === 'REGIONAL' ? 'REGIONAL' : 'EDGE'
}

export function theDomain(ctx: Context, domainName: string): DomainNameRecord {
  const record = domainNames.get(ctx, domainName.toLowerCase())
  if (record === undefined) throw domainNameNotFound()
  return record
}

export const getDomainName = operation(GetDomainName, {
  authorize: needs('GET', '/domainnames/{domainName}'),
  provenance: 'modelled',
  refuses: ['domainNameId'],
  run: (ctx, { domainName }) => shownDomain(theDomain(ctx, domainName)),
})

export const getDomainNames = operation(GetDomainNames, {
  authorize: (_input, ctx) => permission(ctx, 'GET', '/domainnames'),
  provenance: 'modelled',
  refuses: ['resourceOwner'],
  run: (ctx, input) =>
    page(
      input,
      'GetDomainNames',
      (start) => domainNames.scan(ctx, start),
      ({ name }) => name,
      shownDomain,
    ),
})

export const updateDomainName = operation(UpdateDomainName, {
  authorize: needs('PATCH', '/domainnames/{domainName}'),
  provenance: 'modelled',
  refuses: ['domainNameId'],
  run(ctx, { domainName, patchOperations }) {
    let record = theDomain(ctx, domainName)
    const { certificateArn: before } = record
    for (const patch of patchesOf(patchOperations)) record = patched(record, patch)
    const { certificateArn } = record
    if (certificateArn !== undefined && certificateArn !== before) {
      checkCertificate(ctx, record, certificateArn)
    }
    noteDomainCertificate(ctx, record)
    return shownDomain(domainNames.put(ctx, record))
  },
})

function patched(record: DomainNameRecord, patch: Patch): DomainNameRecord {
  const [head = ''] = patch.segments
  const { value = '' } = patch
  only(patch, 'replace')
  if (head === 'certificateArn' || head === 'regionalCertificateArn') {
    return { ...record, certificateArn: value }
  }
  if (head === 'certificateName' || head === 'regionalCertificateName') {
    return { ...record, certificateName: value }
  }
  if (head === 'securityPolicy') return { ...record, securityPolicy: value }
  if (head === 'ownershipVerificationCertificateArn') {
    return { ...record, ownershipCertificateArn: value }
  }
  if (head === 'endpointConfiguration') {
    throw notModelled('a change of the endpoint type in UpdateDomainName')
  }
  throw invalidPatchPath(patch.path)
}

export const deleteDomainName = operation(DeleteDomainName, {
  authorize: needs('DELETE', '/domainnames/{domainName}'),
  provenance: 'modelled',
  refuses: ['domainNameId'],
  run(ctx, { domainName }) {
    const domain = theDomain(ctx, domainName)
    const { name } = domain
    forgetDomainCertificate(ctx, domain)
    for (const { basePath } of [...apiMappings.scan(ctx, { prefix: `${name}\u0000` })]) {
      apiMappings.delete(ctx, `${name}\u0000${basePath}`)
    }
    domainNames.delete(ctx, name)
    domainHosts.delete(ctx, name)
    return {}
  },
})

function shownDomain(record: DomainNameRecord): DomainName {
  const { name, region, endpointType, certificateArn, certificateName, targetName } = record
  const isEdge = endpointType === 'EDGE'
  return defined({
    domainName: name,
    domainNameArn: `arn:aws:apigateway:${region}::/domainnames/${name}`,
    certificateUploadDate: record.createdAtMs,
    ...(isEdge
      ? {
          certificateArn,
          certificateName,
          distributionDomainName: targetName,
          distributionHostedZoneId: record.hostedZoneId,
        }
      : {
          regionalCertificateArn: certificateArn,
          regionalCertificateName: certificateName,
          regionalDomainName: targetName,
          regionalHostedZoneId: record.hostedZoneId,
        }),
    endpointConfiguration: { types: [endpointType], ipAddressType: record.ipAddressType },
    domainNameStatus: 'AVAILABLE',
    securityPolicy: record.securityPolicy,
    routingMode: record.routingMode,
    ownershipVerificationCertificateArn: record.ownershipCertificateArn,
    tags: record.tags,
  })
}
