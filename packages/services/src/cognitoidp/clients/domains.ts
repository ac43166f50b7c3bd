import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateUserPoolDomain,
  type CustomDomainConfigType,
  DeleteUserPoolDomain,
  DescribeUserPoolDomain,
  type DomainDescriptionType,
  UpdateUserPoolDomain,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalidParameter, resourceNotFound, tierLacks } from '../errors.ts'
import { newDistributionName } from '../hosted/hosts.ts'
import { onPool, poolOf } from '../pools/lookup.ts'
import type { Pool } from '../pools/state.ts'
import {
  checkCertificate,
  checkCustomDomain,
  forgetCertificate,
  noteCertificate,
} from './custom-domains.ts'
import { type Domain, domains } from './state.ts'

/** Words that a prefix may not have. Source: "Configuring a user pool domain". */
const reserved = /aws|amazon|cognito/

const prefixKey = (ctx: Context, domain: string) => orderedKey(ctx.region, domain)

/** By its name alone, as the API asks: a prefix of this region, or a custom domain. */
export function domainNamed(ctx: Context, name: string): Domain | undefined {
  const found = domains.get(ctx, prefixKey(ctx, name)) ?? domains.get(ctx, name)
  return found?.region === ctx.region ? found : undefined
}

export const createUserPoolDomain = operation(CreateUserPoolDomain, {
  authorize: onPool,
  provenance: 'modelled',
  refuses: ['Routing'],
  run(ctx, { Domain: name, UserPoolId, CustomDomainConfig, ManagedLoginVersion = 1 }) {
    const pool = poolOf(ctx, UserPoolId)
    const certificateArn = CustomDomainConfig?.CertificateArn
    checkVersion(pool, ManagedLoginVersion)
    const own = [...domains.where(ctx, 'pool', pool.id)]
    const isCustom = certificateArn !== undefined
    if (own.some((domain) => (domain.certificateArn !== undefined) === isCustom)) {
      throw invalidParameter(
        isCustom
          ? 'User pool already has a custom domain configured.'
          : 'User pool already has a domain configured.',
      )
    }
    if (isCustom) checkCustomDomain(ctx, name, certificateArn)
    else checkPrefix(name)
    const taken = isCustom ? domains.get(ctx, name) : domains.get(ctx, prefixKey(ctx, name))
    if (taken !== undefined) {
      throw invalidParameter('Domain already associated with another user pool.')
    }
    const domain = domains.put(ctx, {
      domain: name,
      host: isCustom ? newDistributionName(ctx) : `${name}.auth.${ctx.region}.amazoncognito.com`,
      poolId: pool.id,
      accountId: ctx.accountId,
      region: ctx.region,
      managedLoginVersion: ManagedLoginVersion,
      ...(isCustom ? { certificateArn } : {}),
      createdAtMs: ctx.now(),
    })
    noteCertificate(ctx, domain)
    return { ManagedLoginVersion, ...(isCustom ? { CloudFrontDomain: domain.host } : {}) }
  },
})

function checkPrefix(name: string): void {
  const word = reserved.exec(name)?.[0]
  if (word !== undefined) throw invalidParameter(`Domain cannot contain reserved word: ${word}`)
  if (name.includes('.')) {
    throw invalidParameter('Custom domain needs a certificate: CustomDomainConfig is missing.')
  }
}

/** Source: "User pool feature plans": managed login is not in Lite. */
function checkVersion({ settings }: Pool, version: number): void {
  if (version !== 1 && version !== 2) throw notModelled(`ManagedLoginVersion ${version}`)
  if (version === 2 && settings.UserPoolTier === 'LITE') {
    throw tierLacks('Managed login is not available in your current tier.')
  }
}

export const describeUserPoolDomain = operation(DescribeUserPoolDomain, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { Domain: name }) {
    const domain = domainNamed(ctx, name)
    const isOwn = domain?.accountId === ctx.accountId
    return { DomainDescription: isOwn ? described(domain) : {} }
  },
})

function described(domain: Domain): DomainDescriptionType {
  const { certificateArn, managedLoginVersion, poolId, accountId, region } = domain
  return {
    UserPoolId: poolId,
    AWSAccountId: accountId,
    Domain: domain.domain,
    S3Bucket: `aws-cognito-prod-${region}-assets`,
    CloudFrontDistribution: certificateArn === undefined ? cloudFrontOf(domain) : domain.host,
    Version: new Date(domain.createdAtMs).toISOString().replace(/\D/g, '').slice(0, 14),
    Status: 'ACTIVE',
    // AWS answers with an empty object where the model has a required member.
    CustomDomainConfig: (certificateArn === undefined
      ? {}
      : { CertificateArn: certificateArn }) as CustomDomainConfigType,
    ManagedLoginVersion: managedLoginVersion,
  }
}

/** A name that never changes for a domain, without a draw of chance. */
function cloudFrontOf({ poolId }: Domain): string {
  return `d${poolId
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(-13)}.cloudfront.net`
}

function ownDomain(ctx: Context, poolId: string, name: string): Domain {
  const domain = domainNamed(ctx, name)
  if (domain?.poolId !== poolOf(ctx, poolId).id) {
    throw resourceNotFound('No such domain or user pool exists.')
  }
  return domain
}

export const updateUserPoolDomain = operation(UpdateUserPoolDomain, {
  authorize: onPool,
  provenance: 'modelled',
  refuses: ['Routing'],
  run(ctx, { Domain: name, UserPoolId, CustomDomainConfig, ManagedLoginVersion }) {
    const domain = ownDomain(ctx, UserPoolId, name)
    const version = ManagedLoginVersion ?? domain.managedLoginVersion
    checkVersion(poolOf(ctx, UserPoolId), version)
    if (CustomDomainConfig !== undefined) {
      if (domain.certificateArn === undefined) {
        throw invalidParameter('A prefix domain has no certificate.')
      }
      checkCertificate(ctx, name, CustomDomainConfig.CertificateArn)
    }
    const changed = domains.put(ctx, {
      ...domain,
      managedLoginVersion: version,
      ...(CustomDomainConfig === undefined
        ? {}
        : { certificateArn: CustomDomainConfig.CertificateArn }),
    })
    noteCertificate(ctx, changed)
    return {
      ManagedLoginVersion: version,
      ...(domain.certificateArn === undefined ? {} : { CloudFrontDomain: domain.host }),
    }
  },
})

export const deleteUserPoolDomain = operation(DeleteUserPoolDomain, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { Domain: name, UserPoolId }) {
    const domain = ownDomain(ctx, UserPoolId, name)
    forgetCertificate(ctx, domain)
    domains.delete(ctx, domains.options.key(domain))
    return {}
  },
})
