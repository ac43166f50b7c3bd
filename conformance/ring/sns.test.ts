import * as sdk from '@aws-sdk/client-sns'
import { arrangeSns } from './arrangements/sns.ts'
import { ring } from './ring.test-support.ts'

await ring('sns', { sdk, client: 'SNSClient', arrange: arrangeSns })
