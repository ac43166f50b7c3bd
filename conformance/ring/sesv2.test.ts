import * as sdk from '@aws-sdk/client-sesv2'
import { arrangeSesv2 } from './arrangements/sesv2.ts'
import { ring } from './ring.test-support.ts'

await ring('sesv2', {
  sdk,
  client: 'SESv2Client',
  arrange: arrangeSesv2,
  unsent: ['ListConfigurationSets.Filter', 'ListEmailIdentities.Filter'],
  leftOut: ['MailFromAttributes.MailFromDomain', 'MailFromAttributes.MailFromDomainStatus'],
})
