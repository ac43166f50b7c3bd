import * as sdk from '@aws-sdk/client-iam'
import { arrangeIam } from './arrangements/iam.ts'
import { ring } from './ring.test-support.ts'

await ring('iam', { sdk, client: 'IAMClient', arrange: arrangeIam })
