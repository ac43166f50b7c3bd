import * as sdk from '@aws-sdk/client-cloudformation'
import { arrangeCloudformation } from './arrangements/cloudformation.ts'
import { ring } from './ring.test-support.ts'

await ring('cloudformation', {
  sdk,
  client: 'CloudFormationClient',
  arrange: arrangeCloudformation,
})
