import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateIdentityProvider,
  DeleteIdentityProvider,
  DescribeIdentityProvider,
  GetIdentityProviderByIdentifier,
  type IdentityProviderType,
  ListIdentityProviders,
  UpdateIdentityProvider,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { pageOf } from '../../shared/pages.ts'
import { duplicateProvider, invalidParameter, limitExceeded, resourceNotFound } from '../errors.ts'
import { pageMax, providersPerPoolMax } from '../limits.ts'
import { onPool, poolOf } from '../pools/lookup.ts'
import type { Pool } from '../pools/state.ts'
import { type Provider, providers } from './state.ts'

/** Details that each kind of provider needs; of a list, one. Source: CreateIdentityProvider, `ProviderDetails`. */
const needed: Readonly<Record<string, readonly (readonly string[])[]>> = {
  OIDC: [['client_id'], ['attributes_request_method'], ['authorize_scopes'], ['oidc_issuer']],
  SAML: [['MetadataURL', 'MetadataFile']],
  Google: [['client_id'], ['client_secret'], ['authorize_scopes']],
  Facebook: [['client_id'], ['client_secret'], ['authorize_scopes']],
  LoginWithAmazon: [['client_id'], ['client_secret'], ['authorize_scopes']],
  SignInWithApple: [['client_id'], ['team_id'], ['key_id'], ['private_key'], ['authorize_scopes']],
}

function checkDetails(type: string, details: Readonly<Record<string, string>>): void {
  for (const names of needed[type] ?? []) {
    if (!names.some((name) => details[name] !== undefined)) {
      throw invalidParameter(`Missing required ProviderDetails: ${names.join(' or ')}`)
    }
  }
}

function checkMapping({ schema }: Pool, mapping: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(mapping)) {
    if (name !== 'username' && !schema.some((attribute) => attribute.Name === name)) {
      throw invalidParameter(`Attribute mapping: ${name} does not exist in the schema.`)
    }
  }
}

const shown = (provider: Provider): IdentityProviderType => ({
  UserPoolId: provider.poolId,
  ProviderName: provider.name,
  ProviderType: provider.type,
  ProviderDetails: provider.details,
  AttributeMapping: provider.mapping,
  IdpIdentifiers: provider.identifiers,
  LastModifiedDate: provider.modifiedAtMs,
  CreationDate: provider.createdAtMs,
})

function providerOf(ctx: Context, poolId: string, name: string): Provider {
  const provider = providers.get(ctx, orderedKey(poolOf(ctx, poolId).id, name))
  if (provider === undefined) throw resourceNotFound(`Identity provider ${name} does not exist.`)
  return provider
}

export const createIdentityProvider = operation(CreateIdentityProvider, {
  authorize: onPool,
  provenance: 'modelled',
  refuses: ['AcrMapping'],
  run(ctx, input) {
    const { UserPoolId, ProviderName, ProviderType, ProviderDetails } = input
    const { AttributeMapping = {}, IdpIdentifiers = [] } = input
    const pool = poolOf(ctx, UserPoolId)
    if (providers.has(ctx, orderedKey(pool.id, ProviderName))) throw duplicateProvider(ProviderName)
    const count = [...providers.scan(ctx, { prefix: orderedKey(pool.id, '') })].length
    if (count >= providersPerPoolMax) {
      throw limitExceeded('Maximum number of identity providers reached.')
    }
    checkDetails(ProviderType, ProviderDetails)
    checkMapping(pool, AttributeMapping)
    const provider = providers.put(ctx, {
      poolId: pool.id,
      name: ProviderName,
      type: ProviderType,
      details: ProviderDetails,
      mapping: { username: usernameClaim(ProviderType), ...AttributeMapping },
      identifiers: IdpIdentifiers,
      createdAtMs: ctx.now(),
      modifiedAtMs: ctx.now(),
    })
    return { IdentityProvider: shown(provider) }
  },
})

/** From which claim a provider's users have their names where nothing else is said. */
function usernameClaim(type: string): string {
  if (type === 'Facebook') return 'id'
  return type === 'LoginWithAmazon' ? 'user_id' : 'sub'
}

export const describeIdentityProvider = operation(DescribeIdentityProvider, {
  authorize: onPool,
  provenance: 'modelled',
  run: (ctx, { UserPoolId, ProviderName }) => ({
    IdentityProvider: shown(providerOf(ctx, UserPoolId, ProviderName)),
  }),
})

export const getIdentityProviderByIdentifier = operation(GetIdentityProviderByIdentifier, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, IdpIdentifier }) {
    const { id } = poolOf(ctx, UserPoolId)
    for (const provider of providers.scan(ctx, { prefix: orderedKey(id, '') })) {
      if (provider.identifiers.includes(IdpIdentifier)) return { IdentityProvider: shown(provider) }
    }
    throw resourceNotFound(`Identity provider ${IdpIdentifier} does not exist.`)
  },
})

export const updateIdentityProvider = operation(UpdateIdentityProvider, {
  authorize: onPool,
  provenance: 'modelled',
  refuses: ['AcrMapping'],
  run(ctx, { UserPoolId, ProviderName, ProviderDetails, AttributeMapping, IdpIdentifiers }) {
    const pool = poolOf(ctx, UserPoolId)
    const provider = providerOf(ctx, UserPoolId, ProviderName)
    const details = ProviderDetails ?? provider.details
    checkDetails(provider.type, details)
    if (AttributeMapping !== undefined) checkMapping(pool, AttributeMapping)
    const changed = providers.put(ctx, {
      ...provider,
      details,
      mapping: AttributeMapping ?? provider.mapping,
      identifiers: IdpIdentifiers ?? provider.identifiers,
      modifiedAtMs: ctx.now(),
    })
    return { IdentityProvider: shown(changed) }
  },
})

export const deleteIdentityProvider = operation(DeleteIdentityProvider, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, ProviderName }) {
    const { poolId, name } = providerOf(ctx, UserPoolId, ProviderName)
    providers.delete(ctx, orderedKey(poolId, name))
    return {}
  },
})

export const listIdentityProviders = operation(ListIdentityProviders, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, MaxResults, NextToken }) {
    const { id } = poolOf(ctx, UserPoolId)
    const { items, nextToken } = pageOf({
      list: (start) => providers.scan(ctx, { prefix: orderedKey(id, ''), ...start }),
      positionOf: ({ name }) => orderedKey(id, name),
      itemsMax: MaxResults || pageMax,
      token: NextToken,
      request: ['ListIdentityProviders', id],
      refused: () => invalidParameter('Invalid NextToken.'),
    })
    const Providers = items.map(({ name, type, createdAtMs, modifiedAtMs }) => ({
      ProviderName: name,
      ProviderType: type,
      LastModifiedDate: modifiedAtMs,
      CreationDate: createdAtMs,
    }))
    return { Providers, ...(nextToken === undefined ? {} : { NextToken: nextToken }) }
  },
})
