import {
  AddClientIDToOpenIDConnectProvider,
  CreateOpenIDConnectProvider,
  DeleteOpenIDConnectProvider,
  GetOpenIDConnectProvider,
  ListOpenIDConnectProviders,
  ListOpenIDConnectProviderTags,
  RemoveClientIDFromOpenIDConnectProvider,
  TagOpenIDConnectProvider,
  UntagOpenIDConnectProvider,
  UpdateOpenIDConnectProviderThumbprint,
} from '@cloud-orrery/models/iam'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import {
  entityAlreadyExists,
  invalidInput,
  noSuchEntity,
  quotaExceeded,
  validationError,
} from './errors.ts'
import { accountQuotas, clientIdsPerProviderMax, thumbprintsPerProviderMax } from './limits.ts'
import { pageOfList } from './paging.ts'
import { type OidcProviderRecord, oidcProviders } from './state.ts'
import {
  creationOf,
  givenTags,
  readTags,
  requestTagContext,
  resourceTagContext,
  withoutTags,
  withTags,
  writeTags,
} from './tags.ts'

export const createOpenIdConnectProvider = operation(CreateOpenIDConnectProvider, {
  authorize: ({ Url, Tags }, ctx) =>
    creationOf(providerArn(ctx, Url), Tags, 'TagOpenIDConnectProvider'),
  provenance: 'modelled',
  run(ctx, { Url, ClientIDList = [], ThumbprintList = [], Tags }) {
    const tags = readTags(Tags, 'exact')
    if (!isHttpsUrl(Url)) throw validationError('Invalid Open ID Connect Provider URL')
    checkThumbprints(ThumbprintList)
    checkClientIds(ClientIDList)
    const arn = providerArn(ctx, Url)
    if (oidcProviders.has(ctx, arn)) {
      throw entityAlreadyExists(`Provider with url ${Url} already exists.`)
    }
    if (oidcProviders.count(ctx) >= accountQuotas.providers) {
      throw quotaExceeded('OpenIdConnectProvidersPerAccount', accountQuotas.providers)
    }
    // Deviation: AWS fetches the thumbprint of a provider that comes without one; here it has none.
    oidcProviders.put(ctx, {
      arn,
      url: withoutScheme(Url),
      clientIds: [...new Set(ClientIDList)],
      thumbprints: ThumbprintList,
      createdAtMs: thisSecond(ctx),
      tags,
    })
    return { OpenIDConnectProviderArn: arn, ...givenTags(Tags) }
  },
})

export const getOpenIdConnectProvider = operation(GetOpenIDConnectProvider, {
  authorize: ({ OpenIDConnectProviderArn }, ctx) => aboutProvider(ctx, OpenIDConnectProviderArn),
  provenance: 'modelled',
  run(ctx, { OpenIDConnectProviderArn }) {
    const provider = findProvider(ctx, OpenIDConnectProviderArn)
    return {
      Url: provider.url,
      ClientIDList: provider.clientIds,
      ThumbprintList: provider.thumbprints,
      CreateDate: provider.createdAtMs,
      Tags: writeTags(provider.tags),
    }
  },
})

export const listOpenIdConnectProviders = operation(ListOpenIDConnectProviders, {
  authorize: (_input, { partition, accountId }) =>
    `arn:${partition}:iam::${accountId}:oidc-provider/*`,
  provenance: 'modelled',
  run: (ctx) => ({
    OpenIDConnectProviderList: [...oidcProviders.scan(ctx)].map(({ arn }) => ({ Arn: arn })),
  }),
})

export const deleteOpenIdConnectProvider = operation(DeleteOpenIDConnectProvider, {
  authorize: ({ OpenIDConnectProviderArn }, ctx) => aboutProvider(ctx, OpenIDConnectProviderArn),
  provenance: 'modelled',
  run(ctx, { OpenIDConnectProviderArn: arn }) {
    if (oidcProviders.delete(ctx, arn) === undefined) {
      throw noSuchEntity(`OpenId connect Provider ${arn} cannot be found.`)
    }
    return {}
  },
})

export const addClientIdToOpenIdConnectProvider = operation(AddClientIDToOpenIDConnectProvider, {
  authorize: ({ OpenIDConnectProviderArn }, ctx) => aboutProvider(ctx, OpenIDConnectProviderArn),
  provenance: 'modelled',
  run(ctx, { OpenIDConnectProviderArn, ClientID }) {
    const provider = findProvider(ctx, OpenIDConnectProviderArn)
    const clientIds = [...new Set([...provider.clientIds, ClientID])]
    checkClientIds(clientIds)
    oidcProviders.put(ctx, { ...provider, clientIds })
    return {}
  },
})

export const removeClientIdFromOpenIdConnectProvider = operation(
  RemoveClientIDFromOpenIDConnectProvider,
  {
    authorize: ({ OpenIDConnectProviderArn }, ctx) => aboutProvider(ctx, OpenIDConnectProviderArn),
    provenance: 'modelled',
    run(ctx, { OpenIDConnectProviderArn, ClientID }) {
      const provider = findProvider(ctx, OpenIDConnectProviderArn)
      const clientIds = provider.clientIds.filter((id) => id !== ClientID)
      oidcProviders.put(ctx, { ...provider, clientIds })
      return {}
    },
  },
)

export const updateOpenIdConnectProviderThumbprint = operation(
  UpdateOpenIDConnectProviderThumbprint,
  {
    authorize: ({ OpenIDConnectProviderArn }, ctx) => aboutProvider(ctx, OpenIDConnectProviderArn),
    provenance: 'modelled',
    run(ctx, { OpenIDConnectProviderArn, ThumbprintList }) {
      const provider = findProvider(ctx, OpenIDConnectProviderArn)
      checkThumbprints(ThumbprintList)
      oidcProviders.put(ctx, { ...provider, thumbprints: ThumbprintList })
      return {}
    },
  },
)

export const tagOpenIdConnectProvider = operation(TagOpenIDConnectProvider, {
  authorize: ({ OpenIDConnectProviderArn, Tags }, ctx) =>
    aboutProvider(ctx, OpenIDConnectProviderArn, requestTagContext(Tags)),
  provenance: 'modelled',
  run(ctx, { OpenIDConnectProviderArn, Tags }) {
    const provider = findProvider(ctx, OpenIDConnectProviderArn)
    oidcProviders.put(ctx, { ...provider, tags: withTags(provider.tags, Tags, 'exact') })
    return {}
  },
})

export const untagOpenIdConnectProvider = operation(UntagOpenIDConnectProvider, {
  authorize: ({ OpenIDConnectProviderArn, TagKeys }, ctx) =>
    aboutProvider(ctx, OpenIDConnectProviderArn, { 'aws:TagKeys': TagKeys }),
  provenance: 'modelled',
  run(ctx, { OpenIDConnectProviderArn, TagKeys }) {
    const provider = findProvider(ctx, OpenIDConnectProviderArn)
    oidcProviders.put(ctx, { ...provider, tags: withoutTags(provider.tags, TagKeys, 'exact') })
    return {}
  },
})

export const listOpenIdConnectProviderTags = operation(ListOpenIDConnectProviderTags, {
  authorize: ({ OpenIDConnectProviderArn }, ctx) => aboutProvider(ctx, OpenIDConnectProviderArn),
  provenance: 'modelled',
  run(ctx, { OpenIDConnectProviderArn, ...request }) {
    const { tags } = findProvider(ctx, OpenIDConnectProviderArn)
    const { items, rest } = pageOfList(request, writeTags(tags))
    return { Tags: items, ...rest }
  },
})

function findProvider(ctx: Context, arn: string): OidcProviderRecord {
  const provider = oidcProviders.get(ctx, arn)
  if (provider === undefined) {
    throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`)
  }
  return provider
}

function aboutProvider(ctx: Context, arn: string, context: RequestContext = {}): Authorization {
  const tags = oidcProviders.get(ctx, arn)?.tags
  return { resource: arn, context: { ...resourceTagContext(tags), ...context } }
}

function providerArn({ partition, accountId }: Context, url: string): string {
  return `arn:${partition}:iam::${accountId}:oidc-provider/${withoutScheme(url)}`
}

function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\//i, '').replace(/\/$/, '')
}

function isHttpsUrl(url: string): boolean {
  return /^https:\/\/[^/?#\s]+(\/[^?#\s]*)?$/i.test(url) && URL.canParse(url)
}

/** Recorded: iam, CreateOpenIDConnectProvider. */
function checkThumbprints(thumbprints: readonly string[]): void {
  if (thumbprints.length > thumbprintsPerProviderMax) {
    throw invalidInput('Thumbprint list must contain fewer than 5 entries.')
  }
}

function checkClientIds(ids: readonly string[]): void {
  if (ids.length > clientIdsPerProviderMax) {
    throw quotaExceeded('ClientIdsPerOpenIdConnectProvider', clientIdsPerProviderMax)
  }
}
