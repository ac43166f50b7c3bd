import {
  AwsCognitoUserPoolClient,
  type AwsCognitoUserPoolClientProperties,
  CreateUserPoolClient,
  type CreateUserPoolClientRequest,
  DeleteUserPoolClient,
  DescribeUserPoolClient,
  UpdateUserPoolClient,
} from '@cloud-orrery/models/cognitoidp'
import { resource } from '../../define.ts'
import { defined } from '../pools/settings.ts'
import { unlessGone } from './gone.ts'

type Settings = Omit<CreateUserPoolClientRequest, 'ClientName' | 'GenerateSecret'>

function settings({ ClientName, GenerateSecret, ...rest }: AwsCognitoUserPoolClientProperties) {
  // The schema's members are those of the API, all of them optional; the API judges what is missing.
  return defined(rest) as Settings
}

export const userPoolClientType = resource(AwsCognitoUserPoolClient, {
  async create(ctx, properties) {
    const ClientName = properties.ClientName ?? ctx.physicalName({ lengthMax: 128 })
    const { GenerateSecret } = properties
    const { UserPoolClient = {} } = await ctx.call(CreateUserPoolClient, {
      ...settings(properties),
      ClientName,
      ...(GenerateSecret === undefined ? {} : { GenerateSecret }),
    })
    const { ClientId = '', ClientSecret } = UserPoolClient
    return { ClientId, Name: ClientName, ...(ClientSecret === undefined ? {} : { ClientSecret }) }
  },
  async update(ctx, properties, _previous, { ClientId, Name, ClientSecret }) {
    const ClientName = properties.ClientName ?? Name
    await ctx.call(UpdateUserPoolClient, { ...settings(properties), ClientId, ClientName })
    return { ClientId, Name: ClientName, ...(ClientSecret === undefined ? {} : { ClientSecret }) }
  },
  async delete(ctx, { ClientId }, { UserPoolId }) {
    await unlessGone(ctx.call(DeleteUserPoolClient, { UserPoolId, ClientId }))
  },
  async read(ctx, { ClientId }, { UserPoolId }) {
    const found = await unlessGone(ctx.call(DescribeUserPoolClient, { UserPoolId, ClientId }))
    if (found?.UserPoolClient === undefined) return undefined
    const { ClientName, ExplicitAuthFlows, CallbackURLs, LogoutURLs } = found.UserPoolClient
    const { AllowedOAuthFlows, AllowedOAuthScopes } = found.UserPoolClient
    return defined({
      ...{ UserPoolId, ClientName, ExplicitAuthFlows, CallbackURLs, LogoutURLs },
      ...{ AllowedOAuthFlows, AllowedOAuthScopes },
    })
  },
})
