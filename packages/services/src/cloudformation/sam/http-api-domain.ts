import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { Expansion } from './expansion.ts'
import { invalidResource } from './problems.ts'
import { type Made, made } from './resources.ts'
import { getAtt, hashedId, isGiven, listOf, mapOf, pythonText, ref } from './values.ts'

/** An API's own name: with its mappings, and its records where a zone is named. Throws a ServerlessProblem. */
export function httpApiDomain(
  x: Expansion,
  apiId: string,
  domain: JsonObject,
  tags: Json,
  attributes: JsonObject,
): Made[] {
  const { DomainName, CertificateArn, EndpointConfiguration = 'REGIONAL' } = domain
  if (DomainName === undefined || CertificateArn === undefined) {
    throw invalidResource(
      apiId,
      'Custom Domains only works if both DomainName and CertificateArn are provided.',
    )
  }
  if (EndpointConfiguration !== 'REGIONAL') {
    throw invalidResource(
      apiId,
      "EndpointConfiguration for Custom Domains must be one of ['REGIONAL'].",
    )
  }
  const domainId = hashedId('ApiGatewayDomainNameV2', DomainName)
  const { OwnershipVerificationCertificateArn: owner, SecurityPolicy } = domain
  const configuration = {
    CertificateArn,
    EndpointType: EndpointConfiguration,
    ...(isGiven(owner) ? { OwnershipVerificationCertificateArn: owner } : {}),
    ...(isGiven(SecurityPolicy) ? { SecurityPolicy } : {}),
  }
  const name = made(
    domainId,
    'AWS::ApiGatewayV2::DomainName',
    {
      DomainName,
      DomainNameConfigurations: [configuration],
      MutualTlsAuthentication: mutualTls(apiId, domain['MutualTlsAuthentication']),
      Tags: tags,
    },
    { attributes },
  )
  const mappings = apiMappings(apiId, domainId, domain['BasePath'], attributes)
  return [name, ...mappings, ...records(x, apiId, domainId, domain, attributes)]
}

const truststore = ['TruststoreUri', 'TruststoreVersion']

function mutualTls(apiId: string, written: Json | undefined): Json | undefined {
  if (!isGiven(written)) return undefined
  if (!isObject(written)) {
    throw invalidResource(
      apiId,
      `MutualTlsAuthentication must be a map with at least one of the following fields ${pythonText(truststore)}.`,
    )
  }
  const unknown = Object.keys(written).filter((key) => !truststore.includes(key))
  if (unknown.length > 0) {
    throw invalidResource(
      unknown.sort().join(','),
      `Available MutualTlsAuthentication fields are ${pythonText(truststore)}.`,
    )
  }
  return Object.fromEntries(Object.entries(written).filter(([, value]) => isGiven(value)))
}

function apiMappings(
  apiId: string,
  domainId: string,
  basePath: Json | undefined,
  attributes: JsonObject,
): Made[] {
  const mapping = (logicalId: string, ApiMappingKey?: string) =>
    made(
      logicalId,
      'AWS::ApiGatewayV2::ApiMapping',
      {
        ApiId: ref(apiId),
        ApiMappingKey,
        DomainName: ref(domainId),
        Stage: ref(`${apiId}.Stage`),
      },
      { attributes },
    )
  const paths = isGiven(basePath) && isList(basePath) ? basePath : [basePath]
  if (paths.length === 1 && (!isGiven(paths[0]) || isObject(paths[0]))) {
    return [mapping(`${apiId}ApiMapping`)]
  }
  return paths.map((path) => {
    if (typeof path !== 'string') throw invalidResource(apiId, 'Basepath must be a string.')
    if (/[^0-9a-zA-Z/_-]/.test(path)) {
      throw invalidResource(apiId, 'Invalid Basepath name provided.')
    }
    const logicalId = `${apiId}${path.replace(/[-_/]+/g, '')}ApiMapping`
    return mapping(logicalId, path.replace(/^\/+|\/+$/g, ''))
  })
}

/** All APIs of a zone share one group of records. */
function records(
  x: Expansion,
  apiId: string,
  domainId: string,
  domain: JsonObject,
  attributes: JsonObject,
): Made[] {
  const { Route53: zone, DomainName: Name = null } = domain
  if (zone === undefined) return []
  if (!isObject(zone)) {
    throw invalidResource(apiId, "Property 'Domain.Route53' should be a map.")
  }
  const { HostedZoneId, HostedZoneName, EvaluateTargetHealth, Region, SetIdentifier, IpV6 } = zone
  if (HostedZoneId === undefined && HostedZoneName === undefined) {
    throw invalidResource(
      apiId,
      'HostedZoneId or HostedZoneName is required to enable Route53 support on Custom Domains.',
    )
  }
  const groupId = hashedId('RecordSetGroup', (HostedZoneId ?? HostedZoneName) || null)
  const record = (Type: string): JsonObject => ({
    Name,
    Type,
    AliasTarget: {
      ...(EvaluateTargetHealth === undefined ? {} : { EvaluateTargetHealth }),
      HostedZoneId: getAtt(domainId, 'RegionalHostedZoneId'),
      DNSName: getAtt(domainId, 'RegionalDomainName'),
    },
    ...(Region === undefined ? {} : { Region }),
    ...(SetIdentifier === undefined ? {} : { SetIdentifier }),
  })
  const before = Object.hasOwn(x.source, groupId) ? undefined : x.target[groupId]
  const RecordSets = [
    ...listOf(mapOf(before?.['Properties'])['RecordSets']),
    record('A'),
    ...(IpV6 === true ? [record('AAAA')] : []),
  ]
  const { Type: _, Properties: first, ...kept } = before ?? {}
  const named = HostedZoneId === undefined ? { HostedZoneName } : { HostedZoneId }
  return [
    made(
      groupId,
      'AWS::Route53::RecordSetGroup',
      { ...(before === undefined ? named : mapOf(first)), RecordSets },
      { attributes: before === undefined ? attributes : kept },
    ),
  ]
}
