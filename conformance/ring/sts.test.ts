import * as sdk from '@aws-sdk/client-sts'
import { arrangeSts } from './arrangements/sts.ts'
import { ring } from './ring.test-support.ts'

await ring('sts', { sdk, client: 'STSClient', arrange: arrangeSts })
