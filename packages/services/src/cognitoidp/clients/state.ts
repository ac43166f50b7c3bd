import { orderedKey, table } from '@cloud-orrery/kernel'
import type { UserPoolClientType } from '@cloud-orrery/models/cognitoidp'

/** What can be set of an app client, defaults filled in. */
export type ClientSettings = Omit<
  UserPoolClientType,
  'UserPoolId' | 'ClientId' | 'ClientSecret' | 'ClientName' | 'LastModifiedDate' | 'CreationDate'
>

export interface ClientSecret {
  readonly id: string
  readonly clientSecret: string
  readonly createdAtMs: number
}

export interface Client {
  readonly poolId: string
  readonly id: string
  readonly name: string
  /** None: a public client. The first one is what DescribeUserPoolClient shows. */
  readonly secrets: readonly ClientSecret[]
  readonly settings: ClientSettings
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

export const clients = table<Client, 'pool'>('cognitoidp.clients', {
  key: ({ id }) => id,
  partition: 'region',
  indexes: { pool: ({ poolId }) => poolId },
})

/** A resource server and the scopes that it defines. */
export interface ResourceServer {
  readonly poolId: string
  readonly identifier: string
  readonly name: string
  readonly scopes: readonly { readonly ScopeName: string; readonly ScopeDescription: string }[]
}

export const resourceServers = table<ResourceServer>('cognitoidp.resourceServers', {
  key: ({ poolId, identifier }) => orderedKey(poolId, identifier),
  partition: 'region',
})

/** A social, OIDC or SAML provider of a pool. */
export interface Provider {
  readonly poolId: string
  readonly name: string
  readonly type: string
  readonly details: Readonly<Record<string, string>>
  /** Attribute of the pool: claim of the provider. */
  readonly mapping: Readonly<Record<string, string>>
  readonly identifiers: readonly string[]
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

export const providers = table<Provider>('cognitoidp.providers', {
  key: ({ poolId, name }) => orderedKey(poolId, name),
  partition: 'region',
})

/**
 * A domain of a pool's hosted login. `domain` is the prefix, or the whole custom name; `host` is what the service answers
 * for: `prefix.auth.us-east-1.amazoncognito.com`, or the CloudFront name that a custom domain's DNS must lead to.
 */
export interface Domain {
  readonly domain: string
  readonly host: string
  readonly poolId: string
  readonly accountId: string
  readonly region: string
  readonly managedLoginVersion: number
  readonly certificateArn?: string
  readonly createdAtMs: number
}

/** Names are unique everywhere: a request finds its pool by them. */
export const domains = table<Domain, 'pool' | 'host'>('cognitoidp.domains', {
  key: ({ domain, region, certificateArn }) =>
    certificateArn === undefined ? orderedKey(region, domain) : domain,
  partition: 'cloud',
  indexes: { pool: ({ poolId }) => poolId, host: ({ host }) => host },
  resource: ({ domain }) => `cognito-domain:${domain}`,
})

/** Look of the classic hosted pages: of a client, or of all where `clientId` is `ALL`. */
export interface Customization {
  readonly poolId: string
  readonly clientId: string
  readonly css?: string
  /** Base64. */
  readonly image?: string
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

export const customizations = table<Customization>('cognitoidp.customizations', {
  key: ({ poolId, clientId }) => orderedKey(poolId, clientId),
  partition: 'region',
})
