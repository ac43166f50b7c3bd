import {
  AddClientIDToOpenIDConnectProvider,
  AwsIamOidcProvider,
  AwsIamSamlProvider,
  CreateOpenIDConnectProvider,
  CreateSAMLProvider,
  DeleteOpenIDConnectProvider,
  DeleteSAMLProvider,
  GetOpenIDConnectProvider,
  GetSAMLProvider,
  RemoveClientIDFromOpenIDConnectProvider,
  TagOpenIDConnectProvider,
  TagSAMLProvider,
  UntagOpenIDConnectProvider,
  UntagSAMLProvider,
  UpdateOpenIDConnectProviderThumbprint,
  UpdateSAMLProvider,
} from '@cloud-orrery/models/iam'
import { resource } from '../../define.ts'
import { difference } from './entity-policies.ts'
import { tagChanges, tagsOf } from './tags.ts'

export const oidcProviderType = resource(AwsIamOidcProvider, {
  async create(ctx, { Url = '', ClientIdList, ThumbprintList, Tags: own }) {
    const Tags = tagsOf(ctx, own)
    const { OpenIDConnectProviderArn: Arn = '' } = await ctx.call(CreateOpenIDConnectProvider, {
      Url,
      ClientIDList: ClientIdList,
      ThumbprintList,
      ...(Tags.length === 0 ? {} : { Tags }),
    })
    return { Arn }
  },
  async update(ctx, { ClientIdList, ThumbprintList = [], Tags: own }, previous, state) {
    const one = { OpenIDConnectProviderArn: state.Arn }
    const { gone, added } = difference(previous.ClientIdList, ClientIdList)
    for (const ClientID of gone) {
      await ctx.call(RemoveClientIDFromOpenIDConnectProvider, { ...one, ClientID })
    }
    for (const ClientID of added) {
      await ctx.call(AddClientIDToOpenIDConnectProvider, { ...one, ClientID })
    }
    if (JSON.stringify(ThumbprintList) !== JSON.stringify(previous.ThumbprintList ?? [])) {
      await ctx.call(UpdateOpenIDConnectProviderThumbprint, { ...one, ThumbprintList })
    }
    const { Tags: before = [] } = await ctx.call(GetOpenIDConnectProvider, one)
    const tags = tagChanges(before, tagsOf(ctx, own))
    if (tags.gone.length > 0) {
      await ctx.call(UntagOpenIDConnectProvider, { ...one, TagKeys: tags.gone })
    }
    if (tags.set.length > 0) await ctx.call(TagOpenIDConnectProvider, { ...one, Tags: tags.set })
    return state
  },
  async delete(ctx, { Arn }) {
    await ctx.call(DeleteOpenIDConnectProvider, { OpenIDConnectProviderArn: Arn })
  },
  async read(ctx, { Arn }) {
    const provider = await ctx.call(GetOpenIDConnectProvider, { OpenIDConnectProviderArn: Arn })
    const { Url, ClientIDList = [], ThumbprintList = [], Tags = [] } = provider
    return {
      Url: `https://${Url}`,
      ClientIdList: ClientIDList,
      ThumbprintList,
      ...(Tags.length === 0 ? {} : { Tags }),
    }
  },
})

export const samlProviderType = resource(AwsIamSamlProvider, {
  async create(ctx, properties) {
    const { Name = ctx.physicalName({ lengthMax: 128 }), SamlMetadataDocument = '' } = properties
    const Tags = tagsOf(ctx, properties.Tags)
    const { SAMLProviderArn: Arn = '' } = await ctx.call(CreateSAMLProvider, {
      Name,
      SAMLMetadataDocument: SamlMetadataDocument,
      AddPrivateKey: properties.AddPrivateKey,
      AssertionEncryptionMode: properties.AssertionEncryptionMode,
      ...(Tags.length === 0 ? {} : { Tags }),
    })
    const { SAMLProviderUUID = '' } = await ctx.call(GetSAMLProvider, { SAMLProviderArn: Arn })
    return { Arn, SamlProviderUUID: SAMLProviderUUID }
  },
  async update(ctx, { SamlMetadataDocument, Tags: own }, previous, state) {
    const one = { SAMLProviderArn: state.Arn }
    if (SamlMetadataDocument !== previous.SamlMetadataDocument) {
      const input = { ...one, SAMLMetadataDocument: SamlMetadataDocument }
      await ctx.call(UpdateSAMLProvider, input)
    }
    const { Tags: before = [] } = await ctx.call(GetSAMLProvider, one)
    const { set, gone } = tagChanges(before, tagsOf(ctx, own))
    if (gone.length > 0) await ctx.call(UntagSAMLProvider, { ...one, TagKeys: gone })
    if (set.length > 0) await ctx.call(TagSAMLProvider, { ...one, Tags: set })
    return state
  },
  async delete(ctx, { Arn }) {
    await ctx.call(DeleteSAMLProvider, { SAMLProviderArn: Arn })
  },
  async read(ctx, { Arn }) {
    const { SAMLMetadataDocument, Tags = [] } = await ctx.call(GetSAMLProvider, {
      SAMLProviderArn: Arn,
    })
    return {
      Name: Arn.slice(Arn.lastIndexOf('/') + 1),
      SamlMetadataDocument: SAMLMetadataDocument,
      ...(Tags.length === 0 ? {} : { Tags }),
    }
  },
})
