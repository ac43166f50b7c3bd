import * as sdk from '@aws-sdk/client-scheduler'
import { arrangeScheduler } from './arrangements/scheduler.ts'
import { ring } from './ring.test-support.ts'

await ring('scheduler', {
  sdk,
  client: 'SchedulerClient',
  arrange: arrangeScheduler,
  unsent: ['CreateSchedule', 'UpdateSchedule'].flatMap((operation) => [
    `${operation}.Target.EventBridgePutEventsV2Parameters`,
    `${operation}.Target.EventBridgePutRawEventsParameters`,
  ]),
})
