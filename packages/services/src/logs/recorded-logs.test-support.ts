import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { client, createCloud } from '@cloud-orrery/cloud'
import { test } from 'vitest'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  type Recorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

export const recorded = test.skipIf(!recordingsPresent)

/** A fresh cloud and one recorded test, whose answers are compared one by one. */
export function replaying(file: string, name: string) {
  const cloud = createCloud({ accountId: '111111111111', deepFreeze: true })
  const logs = client(cloud, CloudWatchLogsClient)
  const content = recording(`logs/test_logs_${file}`, name)
  const bindings: Bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])
  return {
    cloud,
    logs,
    bindings,
    async compare(step: string, call: Promise<object>, ignore: readonly string[] = []) {
      expectRecorded(await asRecorded(call), content[step], bindings, ignore)
    },
    /** For recordings that kept only a part of an answer. */
    compareValue(step: string, actual: unknown, ignore: readonly string[] = []) {
      expectRecorded(actual, content[step] as Recorded, bindings, ignore)
    },
  }
}
