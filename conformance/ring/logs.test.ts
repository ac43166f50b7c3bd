import * as sdk from '@aws-sdk/client-cloudwatch-logs'
import { arrangeLogs } from './arrangements/logs.ts'
import { ring } from './ring.test-support.ts'

await ring('logs', { sdk, client: 'CloudWatchLogsClient', arrange: arrangeLogs })
