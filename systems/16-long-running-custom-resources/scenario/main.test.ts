import { expect } from '@cloud-orrery/vitest/scenario'
import {
  eventsOf,
  executionsOf,
  loader,
  rowOf,
  stackName,
  statusesOf,
  templateWith,
} from './loader.ts'

loader.promise(
  1,
  'the stack is complete only after the two hours of its workflow, and the row tells of a creation',
  async ({ aws, outputs }) => {
    const [execution, ...others] = await executionsOf(aws, outputs['MachineArn'])
    expect(others).toEqual([])
    expect([execution?.request, execution?.status]).toEqual(['Create', 'SUCCEEDED'])
    const events = await eventsOf(aws)
    const complete = events.at(-1)
    expect([complete?.LogicalResourceId, complete?.ResourceStatus]).toEqual([
      stackName,
      'CREATE_COMPLETE',
    ])
    const endedAtMs = execution?.stopDate?.getTime() ?? Number.NaN
    expect(complete?.Timestamp?.getTime()).toBeGreaterThanOrEqual(endedAtMs)
    expect(endedAtMs - (execution?.startDate?.getTime() ?? 0)).toBeGreaterThanOrEqual(7_200_000)
    expect(await rowOf(aws, outputs['Table'])).toEqual({
      pk: 'demo-sfn',
      sk: 'DemoCustomResource',
      ts: '1767225600000',
      lastOperation: 'create',
    })
  },
)
