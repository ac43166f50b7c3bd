import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateIdentityProviderCommand,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

/** A pool with a client, a user who has signed in, a group, a domain, a resource server and a provider. */
export async function arrangeCognito(cloud: Cloud): Promise<KnownValues> {
  const idp = client(cloud, CognitoIdentityProviderClient)
  const { UserPool } = await idp.send(new CreateUserPoolCommand({ PoolName: 'ring' }))
  const { Id: UserPoolId = '', Arn: ResourceArn = '' } = UserPool ?? {}
  const { UserPoolClient } = await idp.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'ring',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    }),
  )
  const ClientId = UserPoolClient?.ClientId ?? ''
  const Username = 'ring'
  const MessageAction = 'SUPPRESS' as const
  await idp.send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction }))
  const Password = 'Correct-horse-1'
  const set = { UserPoolId, Username, Password, Permanent: true }
  await idp.send(new AdminSetUserPasswordCommand(set))
  const AuthParameters = { USERNAME: Username, PASSWORD: Password }
  const { AuthenticationResult: { AccessToken = '', RefreshToken = '' } = {} } = await idp.send(
    new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }),
  )
  const GroupName = 'ring'
  await idp.send(new CreateGroupCommand({ UserPoolId, GroupName }))
  await idp.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }))
  const Domain = 'ring'
  await idp.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain }))
  const Identifier = 'ring'
  const server = { UserPoolId, Identifier, Name: 'ring' }
  await idp.send(new CreateResourceServerCommand(server))
  const ProviderName = 'ring'
  await idp.send(
    new CreateIdentityProviderCommand({
      UserPoolId,
      ProviderName,
      ProviderType: 'OIDC',
      ProviderDetails: {
        client_id: 'ring',
        attributes_request_method: 'GET',
        authorize_scopes: 'openid',
        oidc_issuer: 'https://ring.example.com',
      },
      IdpIdentifiers: ['ring'],
    }),
  )
  const known = { UserPoolId, ClientId, Username, Password, AccessToken, RefreshToken, ResourceArn }
  return { ...known, GroupName, Domain, Identifier, ProviderName, IdpIdentifier: 'ring' }
}
