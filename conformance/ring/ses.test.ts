import * as sdk from '@aws-sdk/client-ses'
import { arrangeSes } from './arrangements/ses.ts'
import { ring } from './ring.test-support.ts'

await ring('ses', {
  sdk,
  client: 'SESClient',
  arrange: arrangeSes,
  leftOut: [
    'MailFromDomain',
    'MailFromDomainStatus',
    'BounceTopic',
    'ComplaintTopic',
    'DeliveryTopic',
  ],
})
