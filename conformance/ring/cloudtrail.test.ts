import * as sdk from '@aws-sdk/client-cloudtrail'
import { arrangeCloudtrail } from './arrangements/cloudtrail.ts'
import { ring } from './ring.test-support.ts'

await ring('cloudtrail', { sdk, client: 'CloudTrailClient', arrange: arrangeCloudtrail })
