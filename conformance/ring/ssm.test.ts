import * as sdk from '@aws-sdk/client-ssm'
import { arrangeSsm } from './arrangements/ssm.ts'
import { ring } from './ring.test-support.ts'

await ring('ssm', { sdk, client: 'SSMClient', arrange: arrangeSsm })
