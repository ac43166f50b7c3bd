import {
  CreateSAMLProvider,
  DeleteSAMLProvider,
  GetSAMLProvider,
  ListSAMLProviders,
  ListSAMLProviderTags,
  TagSAMLProvider,
  UntagSAMLProvider,
  UpdateSAMLProvider,
} from '@cloud-orrery/models/iam'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { entityAlreadyExists, invalidInput, noSuchEntity, quotaExceeded } from './errors.ts'
import { accountQuotas } from './limits.ts'
import { pageOfList } from './paging.ts'
import { type SamlProviderRecord, samlProviders } from './state.ts'
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

/** A provider whose metadata names no end is valid this long, in ms: a hundred years. Seen in AWS's answers. */
const validityMsDefault = 100 * 365 * 86_400_000

export const createSamlProvider = operation(CreateSAMLProvider, {
  authorize: ({ Name, Tags }, ctx) => creationOf(samlArn(ctx, Name), Tags, 'TagSAMLProvider'),
  provenance: 'modelled',
  refuses: ['AddPrivateKey', 'AssertionEncryptionMode'],
  run(ctx, { Name, SAMLMetadataDocument, Tags }) {
    const tags = readTags(Tags, 'exact')
    checkMetadata(SAMLMetadataDocument)
    const arn = samlArn(ctx, Name)
    if (samlProviders.has(ctx, arn)) {
      throw entityAlreadyExists(`Provider with name ${Name} already exists.`)
    }
    if (samlProviders.count(ctx) >= accountQuotas.providers) {
      throw quotaExceeded('SAMLProvidersPerAccount', accountQuotas.providers)
    }
    samlProviders.put(ctx, {
      arn,
      metadata: SAMLMetadataDocument,
      uuid: ctx.ids.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 21),
      createdAtMs: thisSecond(ctx),
      validUntilMs: validUntil(SAMLMetadataDocument, thisSecond(ctx)),
      tags,
    })
    return { SAMLProviderArn: arn, ...givenTags(Tags) }
  },
})

export const getSamlProvider = operation(GetSAMLProvider, {
  authorize: ({ SAMLProviderArn }, ctx) => aboutSaml(ctx, SAMLProviderArn),
  provenance: 'modelled',
  run(ctx, { SAMLProviderArn }) {
    const provider = findSaml(ctx, SAMLProviderArn)
    return {
      SAMLProviderUUID: provider.uuid,
      SAMLMetadataDocument: provider.metadata,
      CreateDate: provider.createdAtMs,
      ValidUntil: provider.validUntilMs,
      Tags: writeTags(provider.tags),
      AssertionEncryptionMode: 'Allowed',
      PrivateKeyList: [],
    }
  },
})

export const listSamlProviders = operation(ListSAMLProviders, {
  authorize: (_input, { partition, accountId }) =>
    `arn:${partition}:iam::${accountId}:saml-provider/*`,
  provenance: 'modelled',
  run: (ctx) => ({
    SAMLProviderList: [...samlProviders.scan(ctx)].map((provider) => ({
      Arn: provider.arn,
      ValidUntil: provider.validUntilMs,
      CreateDate: provider.createdAtMs,
    })),
  }),
})

export const updateSamlProvider = operation(UpdateSAMLProvider, {
  authorize: ({ SAMLProviderArn }, ctx) => aboutSaml(ctx, SAMLProviderArn),
  provenance: 'modelled',
  refuses: ['AddPrivateKey', 'AssertionEncryptionMode', 'RemovePrivateKey'],
  run(ctx, { SAMLProviderArn, SAMLMetadataDocument }) {
    const provider = findSaml(ctx, SAMLProviderArn)
    if (SAMLMetadataDocument !== undefined) {
      checkMetadata(SAMLMetadataDocument)
      const validUntilMs = validUntil(SAMLMetadataDocument, thisSecond(ctx))
      samlProviders.put(ctx, { ...provider, metadata: SAMLMetadataDocument, validUntilMs })
    }
    return { SAMLProviderArn }
  },
})

export const deleteSamlProvider = operation(DeleteSAMLProvider, {
  authorize: ({ SAMLProviderArn }, ctx) => aboutSaml(ctx, SAMLProviderArn),
  provenance: 'modelled',
  run(ctx, { SAMLProviderArn }) {
    samlProviders.delete(ctx, findSaml(ctx, SAMLProviderArn).arn)
    return {}
  },
})

export const tagSamlProvider = operation(TagSAMLProvider, {
  authorize: ({ SAMLProviderArn, Tags }, ctx) =>
    aboutSaml(ctx, SAMLProviderArn, requestTagContext(Tags)),
  provenance: 'modelled',
  run(ctx, { SAMLProviderArn, Tags }) {
    const provider = findSaml(ctx, SAMLProviderArn)
    samlProviders.put(ctx, { ...provider, tags: withTags(provider.tags, Tags, 'exact') })
    return {}
  },
})

export const untagSamlProvider = operation(UntagSAMLProvider, {
  authorize: ({ SAMLProviderArn, TagKeys }, ctx) =>
    aboutSaml(ctx, SAMLProviderArn, { 'aws:TagKeys': TagKeys }),
  provenance: 'modelled',
  run(ctx, { SAMLProviderArn, TagKeys }) {
    const provider = findSaml(ctx, SAMLProviderArn)
    samlProviders.put(ctx, { ...provider, tags: withoutTags(provider.tags, TagKeys, 'exact') })
    return {}
  },
})

export const listSamlProviderTags = operation(ListSAMLProviderTags, {
  authorize: ({ SAMLProviderArn }, ctx) => aboutSaml(ctx, SAMLProviderArn),
  provenance: 'modelled',
  run(ctx, { SAMLProviderArn, ...request }) {
    const { items, rest } = pageOfList(request, writeTags(findSaml(ctx, SAMLProviderArn).tags))
    return { Tags: items, ...rest }
  },
})

function findSaml(ctx: Context, arn: string): SamlProviderRecord {
  const provider = samlProviders.get(ctx, arn)
  if (provider === undefined) throw noSuchEntity(`Manifest not found for arn ${arn}`)
  return provider
}

function aboutSaml(ctx: Context, arn: string, context: RequestContext = {}): Authorization {
  const tags = samlProviders.get(ctx, arn)?.tags
  return { resource: arn, context: { ...resourceTagContext(tags), ...context } }
}

function samlArn({ partition, accountId }: Context, name: string): string {
  return `arn:${partition}:iam::${accountId}:saml-provider/${name}`
}

/** Deviation: the metadata is kept as text; AWS reads its certificates too. */
function checkMetadata(document: string): void {
  if (!/<(\w+:)?EntityDescriptor[\s>]/.test(document) || !/entityID\s*=/.test(document)) {
    throw invalidInput('Could not parse metadata')
  }
}

function validUntil(document: string, nowMs: number): number {
  const written = /<(?:\w+:)?EntityDescriptor[^>]*\bvalidUntil\s*=\s*["']([^"']+)["']/.exec(
    document,
  )
  const parsed = written?.[1] === undefined ? Number.NaN : Date.parse(written[1])
  return Number.isNaN(parsed) ? nowMs + validityMsDefault : parsed
}
