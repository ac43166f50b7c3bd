import * as sdk from '@aws-sdk/client-secrets-manager'
import { arrangeSecretsManager } from './arrangements/secretsmanager.ts'
import { ring } from './ring.test-support.ts'

await ring('secretsmanager', {
  sdk,
  client: 'SecretsManagerClient',
  arrange: arrangeSecretsManager,
  unsent: [
    'CreateSecret.CrossAccountPrimaryARN',
    'DeleteResourcePolicy.PolicyName',
    'GetResourcePolicy.PolicyName',
    'PutResourcePolicy.PolicyName',
  ],
})
