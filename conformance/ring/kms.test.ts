import * as sdk from '@aws-sdk/client-kms'
import { arrangeKms } from './arrangements/kms.ts'
import { ring } from './ring.test-support.ts'

await ring('kms', {
  sdk,
  client: 'KMSClient',
  arrange: arrangeKms,
  unsent: ['ListKeys.ResourceOwners'],
})
