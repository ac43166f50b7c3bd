import * as sdk from '@aws-sdk/client-cloudwatch'
import { arrangeCloudWatch } from './arrangements/cloudwatch.ts'
import { ring } from './ring.test-support.ts'

await ring('cloudwatch', {
  sdk,
  client: 'CloudWatchClient',
  arrange: arrangeCloudWatch,
  unsent: ['PutCompositeAlarm.ActionConfiguration', 'PutMetricAlarm.ActionConfiguration'],
})
