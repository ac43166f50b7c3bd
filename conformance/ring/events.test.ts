import * as sdk from '@aws-sdk/client-eventbridge'
import { arrangeEvents } from './arrangements/events.ts'
import { ring } from './ring.test-support.ts'

await ring('events', { sdk, client: 'EventBridgeClient', arrange: arrangeEvents })
