import {
  AwsCognitoUserPoolIdentityProvider,
  AwsCognitoUserPoolResourceServer,
  AwsCognitoUserPoolUiCustomizationAttachment,
  CreateIdentityProvider,
  CreateResourceServer,
  DeleteIdentityProvider,
  DeleteResourceServer,
  DescribeIdentityProvider,
  DescribeResourceServer,
  SetUICustomization,
  UpdateIdentityProvider,
  UpdateResourceServer,
} from '@cloud-orrery/models/cognitoidp'
import { resource } from '../../define.ts'
import { defined } from '../pools/settings.ts'
import { unlessGone } from './gone.ts'

export const resourceServerType = resource(AwsCognitoUserPoolResourceServer, {
  async create(ctx, properties) {
    await ctx.call(CreateResourceServer, defined(properties))
    return {}
  },
  async update(ctx, properties) {
    await ctx.call(UpdateResourceServer, defined(properties))
    return {}
  },
  async delete(ctx, _state, { UserPoolId, Identifier }) {
    await unlessGone(ctx.call(DeleteResourceServer, { UserPoolId, Identifier }))
  },
  async read(ctx, _state, { UserPoolId, Identifier }) {
    const found = await unlessGone(ctx.call(DescribeResourceServer, { UserPoolId, Identifier }))
    if (found === undefined) return undefined
    const { Name, Scopes } = found.ResourceServer
    return defined({ UserPoolId, Identifier, Name: Name ?? '', Scopes })
  },
})

export const identityProviderType = resource(AwsCognitoUserPoolIdentityProvider, {
  async create(ctx, properties) {
    await ctx.call(CreateIdentityProvider, defined(properties))
    return {}
  },
  async update(ctx, { ProviderType: _, ...properties }) {
    await ctx.call(UpdateIdentityProvider, defined(properties))
    return {}
  },
  async delete(ctx, _state, { UserPoolId, ProviderName }) {
    await unlessGone(ctx.call(DeleteIdentityProvider, { UserPoolId, ProviderName }))
  },
  async read(ctx, _state, properties) {
    const { UserPoolId, ProviderName } = properties
    const found = await unlessGone(ctx.call(DescribeIdentityProvider, { UserPoolId, ProviderName }))
    if (found === undefined) return undefined
    const { ProviderDetails = {}, AttributeMapping } = found.IdentityProvider
    return defined({ ...properties, ProviderDetails, AttributeMapping })
  },
})

export const uiCustomizationType = resource(AwsCognitoUserPoolUiCustomizationAttachment, {
  async create(ctx, properties) {
    await ctx.call(SetUICustomization, defined(properties))
    return {}
  },
  async update(ctx, properties) {
    await ctx.call(SetUICustomization, defined(properties))
    return {}
  },
  /** AWS has no call that takes a look away: an empty one is set. */
  async delete(ctx, _state, { UserPoolId, ClientId }) {
    await unlessGone(ctx.call(SetUICustomization, { UserPoolId, ClientId, CSS: '' }))
  },
})
