import * as sdk from '@aws-sdk/client-resource-groups-tagging-api'
import { arrangeTagging } from './arrangements/tagging.ts'
import { ring } from './ring.test-support.ts'

await ring('tagging', {
  sdk,
  client: 'ResourceGroupsTaggingAPIClient',
  arrange: arrangeTagging,
})
