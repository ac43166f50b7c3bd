import {
  AwsApiGatewayAccount,
  AwsApiGatewayBasePathMapping,
  AwsApiGatewayDomainName,
  CreateBasePathMapping,
  CreateDomainName,
  DeleteBasePathMapping,
  DeleteDomainName,
  GetAccount,
  GetBasePathMapping,
  GetDomainName,
  UpdateAccount,
  UpdateBasePathMapping,
  UpdateDomainName,
} from '@cloud-orrery/models/apigateway'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { changes, tagsOf } from './values.ts'

export const domainNameType = resource(AwsApiGatewayDomainName, {
  async create(ctx, properties) {
    const { EndpointConfiguration: endpoint, MutualTlsAuthentication: mutual } = properties
    const made = await ctx.call(CreateDomainName, {
      domainName: properties.DomainName ?? '',
      certificateArn: properties.CertificateArn,
      regionalCertificateArn: properties.RegionalCertificateArn,
      ...(endpoint === undefined
        ? {}
        : {
            endpointConfiguration: { types: endpoint.Types, ipAddressType: endpoint.IpAddressType },
          }),
      securityPolicy: properties.SecurityPolicy,
      endpointAccessMode: properties.EndpointAccessMode,
      ownershipVerificationCertificateArn: properties.OwnershipVerificationCertificateArn,
      routingMode: properties.RoutingMode,
      ...(mutual === undefined
        ? {}
        : { mutualTlsAuthentication: { truststoreUri: mutual.TruststoreUri } }),
      tags: tagsOf(ctx, properties.Tags),
    })
    return {
      DomainNameArn: made.domainNameArn,
      RegionalDomainName: made.regionalDomainName,
      RegionalHostedZoneId: made.regionalHostedZoneId,
      DistributionDomainName: made.distributionDomainName,
      DistributionHostedZoneId: made.distributionHostedZoneId,
      physicalId: made.domainName ?? '',
    }
  },
  async update(ctx, after, before, state) {
    const patchOperations = changes({
      '/certificateArn': [before.CertificateArn, after.CertificateArn],
      '/regionalCertificateArn': [before.RegionalCertificateArn, after.RegionalCertificateArn],
      '/securityPolicy': [before.SecurityPolicy ?? 'TLS_1_2', after.SecurityPolicy ?? 'TLS_1_2'],
    })
    const domainName = after.DomainName ?? ''
    await ctx.call(UpdateDomainName, { domainName, patchOperations })
    return state
  },
  async delete(ctx, _state, { DomainName: domainName = '' }) {
    await unlessGone(ctx.call(DeleteDomainName, { domainName }))
  },
  async read(ctx, _state, properties) {
    const { DomainName: domainName = '' } = properties
    const found = await unlessGone(ctx.call(GetDomainName, { domainName }))
    if (found === undefined) return undefined
    return {
      DomainName: domainName,
      ...(found.certificateArn === undefined ? {} : { CertificateArn: found.certificateArn }),
      ...(found.regionalCertificateArn === undefined
        ? {}
        : { RegionalCertificateArn: found.regionalCertificateArn }),
    }
  },
})

const noPath = '(none)'

export const basePathMappingType = resource(AwsApiGatewayBasePathMapping, {
  async create(ctx, { DomainName: domainName, BasePath, RestApiId = '', Stage }) {
    await ctx.call(CreateBasePathMapping, {
      domainName,
      basePath: BasePath,
      restApiId: RestApiId,
      stage: Stage,
    })
    return { physicalId: `${domainName}|${BasePath ?? noPath}` }
  },
  async update(ctx, after, before, state) {
    const patchOperations = changes({
      '/restapiId': [before.RestApiId, after.RestApiId],
      '/stage': [before.Stage, after.Stage],
    })
    const { DomainName: domainName, BasePath: basePath = noPath } = after
    await ctx.call(UpdateBasePathMapping, { domainName, basePath, patchOperations })
    return state
  },
  async delete(ctx, _state, { DomainName: domainName, BasePath: basePath = noPath }) {
    await unlessGone(ctx.call(DeleteBasePathMapping, { domainName, basePath }))
  },
  async read(ctx, _state, properties) {
    const { DomainName: domainName, BasePath: basePath = noPath } = properties
    const found = await unlessGone(ctx.call(GetBasePathMapping, { domainName, basePath }))
    if (found === undefined) return undefined
    return {
      DomainName: domainName,
      ...(properties.BasePath === undefined ? {} : { BasePath: properties.BasePath }),
      ...(found.restApiId === undefined ? {} : { RestApiId: found.restApiId }),
      ...(found.stage === undefined ? {} : { Stage: found.stage }),
    }
  },
})

/** The account's settings are there always; a stack that is deleted leaves them. Source: AWS::ApiGateway::Account. */
export const accountType = resource(AwsApiGatewayAccount, {
  async create(ctx, { CloudWatchRoleArn: value }) {
    if (value !== undefined) {
      const patchOperations = [{ op: 'replace', path: '/cloudwatchRoleArn', value }]
      await ctx.call(UpdateAccount, { patchOperations })
    }
    return { Id: ctx.physicalName({ lengthMax: 128 }) }
  },
  async update(ctx, { CloudWatchRoleArn: value }, _previous, state) {
    const patchOperations = [{ op: 'replace', path: '/cloudwatchRoleArn', value: value ?? '' }]
    await ctx.call(UpdateAccount, { patchOperations })
    return state
  },
  delete() {},
  async read(ctx) {
    const { cloudwatchRoleArn } = await ctx.call(GetAccount, {})
    return cloudwatchRoleArn === undefined ? {} : { CloudWatchRoleArn: cloudwatchRoleArn }
  },
})
