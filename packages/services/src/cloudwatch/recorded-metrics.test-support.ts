import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { client, createCloud } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

export const recorded = test.skipIf(!recordingsPresent)

/**
 * What the SDK's answers do not have: AWS's query codes and the second spelling of a message, which boto3 shows, and
 * who made the mistake, which SDKs for JavaScript drop; the kind of alarm that is newer than most recordings.
 */
const unshown = ['Error.QueryErrorCode', 'Error.Type', 'message', 'LogAlarms']

/** A fresh cloud and one recorded test, whose answers are compared one by one. */
export function replaying(name: string, file = 'cloudwatch/test_cloudwatch') {
  const cloud = createCloud({ accountId: '111111111111', deepFreeze: true })
  const cloudwatch = client(cloud, CloudWatchClient)
  const content = recording(file, name)
  const bindings: Bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
    ['<region-name-full:1>', 'US East (N. Virginia)'],
  ])
  return {
    cloud,
    cloudwatch,
    content,
    bindings,
    async compare(step: string, call: Promise<object>, ignore: readonly string[] = []) {
      expectRecorded(withoutTimes(await asRecorded(call)), content[step], bindings, [
        ...unshown,
        ...ignore,
      ])
    },
    compareValue(step: string, actual: unknown, ignore: readonly string[] = []) {
      expectRecorded(actual, content[step], bindings, ignore)
    },
  }
}

/** Recordings of GetMetricData keep one word for all moments of a result. */
function withoutTimes(answer: Record<string, unknown>): Record<string, unknown> {
  const { MetricDataResults: results, ...rest } = answer
  if (!Array.isArray(results)) return answer
  const shown = results.map((result: Record<string, unknown>) => ({
    ...result,
    Timestamps: 'timestamp',
  }))
  return { ...rest, MetricDataResults: shown }
}
