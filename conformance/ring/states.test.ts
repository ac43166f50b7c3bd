import * as sdk from '@aws-sdk/client-sfn'
import { arrangeStates } from './arrangements/states.ts'
import { ring } from './ring.test-support.ts'

await ring('states', { sdk, client: 'SFNClient', arrange: arrangeStates })
