import * as sdk from '@aws-sdk/client-cognito-identity-provider'
import { arrangeCognito } from './arrangements/cognitoidp.ts'
import { ring } from './ring.test-support.ts'

await ring('cognitoidp', {
  sdk,
  client: 'CognitoIdentityProviderClient',
  arrange: arrangeCognito,
  unsent: [
    'CreateIdentityProvider.AcrMapping',
    'CreateUserPool.AcrConfiguration',
    'CreateUserPool.DcrConfiguration',
    'ListUserPoolClients.ClientType',
    'RevokeToken.RevokeAssociatedSessions',
    'UpdateIdentityProvider.AcrMapping',
    'UpdateUserPool.AcrConfiguration',
    'UpdateUserPool.DcrConfiguration',
  ],
  leftOut: ['CertificateArn'],
})
