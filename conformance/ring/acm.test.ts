import * as sdk from '@aws-sdk/client-acm'
import { arrangeAcm } from './arrangements/acm.ts'
import { ring } from './ring.test-support.ts'

await ring('acm', { sdk, client: 'ACMClient', arrange: arrangeAcm })
