import {
  AwsCognitoUserPoolDomain,
  type AwsCognitoUserPoolDomainProperties,
  CreateUserPoolDomain,
  DeleteUserPoolDomain,
  DescribeUserPoolDomain,
  UpdateUserPoolDomain,
} from '@cloud-orrery/models/cognitoidp'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { unlessGone } from './gone.ts'

function settings(properties: AwsCognitoUserPoolDomainProperties) {
  const { UserPoolId, Domain, ManagedLoginVersion, CustomDomainConfig, Routing } = properties
  if (Routing !== undefined) {
    throw notModelled('the property Routing of AWS::Cognito::UserPoolDomain')
  }
  const CertificateArn = CustomDomainConfig?.CertificateArn
  return {
    ...{ UserPoolId, Domain },
    ...(ManagedLoginVersion === undefined ? {} : { ManagedLoginVersion }),
    ...(CertificateArn === undefined ? {} : { CustomDomainConfig: { CertificateArn } }),
  }
}

export const userPoolDomainType = resource(AwsCognitoUserPoolDomain, {
  async create(ctx, properties) {
    const { CloudFrontDomain } = await ctx.call(CreateUserPoolDomain, settings(properties))
    // The schema's identifier has the pool; templates refer to the domain alone.
    return { CloudFrontDistribution: CloudFrontDomain ?? '' }
  },
  async update(ctx, properties) {
    const { CloudFrontDomain } = await ctx.call(UpdateUserPoolDomain, settings(properties))
    return { CloudFrontDistribution: CloudFrontDomain ?? '' }
  },
  async delete(ctx, _state, { UserPoolId, Domain }) {
    await unlessGone(ctx.call(DeleteUserPoolDomain, { UserPoolId, Domain }))
  },
  async read(ctx, _state, { UserPoolId, Domain }) {
    const { DomainDescription } = await ctx.call(DescribeUserPoolDomain, { Domain })
    if (DomainDescription?.UserPoolId !== UserPoolId) return undefined
    const { ManagedLoginVersion } = DomainDescription
    return { UserPoolId, Domain, ManagedLoginVersion }
  },
})
