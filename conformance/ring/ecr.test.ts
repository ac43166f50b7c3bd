import * as sdk from '@aws-sdk/client-ecr'
import { arrangeEcr } from './arrangements/ecr.ts'
import { ring } from './ring.test-support.ts'

await ring('ecr', { sdk, client: 'ECRClient', arrange: arrangeEcr })
