import {
  type CallOptions,
  type DeployTarget,
  isRest,
  type StackProgress,
} from '@cloud-orrery/cloud'
import type { Operation } from '@cloud-orrery/models'
import { DescribeStackEvents, type StackEvent } from '@cloud-orrery/models/cloudformation'
import { ControlClient } from './control-client.ts'
import { readServerFile } from './server-file.ts'

/** How often a stack's events are read while it moves, in ms of real time. */
const pollMs = 100

/** A running server as something to deploy to: calls go in as the account's administrator. */
export function portTarget(
  port: number,
  place: Pick<CallOptions, 'accountId' | 'region'> = {},
): DeployTarget {
  const server = readServerFile(port)
  const control = new ControlClient(port)
  return {
    accountId: place.accountId ?? server.accountId,
    region: place.region ?? server.region,
    async call<I, O>(operation: Operation<I, O>, input: I, options?: CallOptions): Promise<O> {
      const { service, name } = operation
      const answer = await control.post('call', {
        service,
        operation: name,
        input: packed(input),
        ...place,
        ...options,
      })
      return answer as O // The server answers with this very operation's output.
    },
    async untilStackRests(stackId, report, options) {
      const seen = new Set<string>()
      for (;;) {
        const moved = await nudge(control)
        const { StackEvents = [] } = await this.call(
          DescribeStackEvents,
          { StackName: stackId },
          options,
        )
        let resting: string | undefined
        for (const event of currentOperation(StackEvents, stackId)) {
          if (event.EventId === undefined || seen.has(event.EventId)) continue
          seen.add(event.EventId)
          report(progressOf(event))
        }
        const [last] = StackEvents
        if (last?.PhysicalResourceId === stackId && isRest(last.ResourceStatus ?? '')) {
          resting = last.ResourceStatus
        }
        if (resting !== undefined) return resting
        if (!moved) await new Promise((resolve) => setTimeout(resolve, pollMs))
      }
    },
  }
}

/** A held clock would never get there by itself: moves it to the next pending task. False for clocks that run. */
async function nudge(control: ControlClient): Promise<boolean> {
  // The control answer of this path has this shape; tasks come in the order of their moments.
  const { mode, now, pending } = (await control.get('status')) as {
    mode: string
    now: string
    pending: { at: string }[]
  }
  const [next] = pending
  if (mode !== 'held' || next === undefined) return false
  await control.post('clock/advance', { byMs: Math.max(0, Date.parse(next.at) - Date.parse(now)) })
  return true
}

/** Events of the operation that runs, oldest first. `StackEvents` come newest first. */
function currentOperation(events: readonly StackEvent[], stackId: string): StackEvent[] {
  const start = events.findIndex(
    ({ PhysicalResourceId, ResourceStatus, ResourceStatusReason }) =>
      PhysicalResourceId === stackId &&
      /_IN_PROGRESS$/.test(ResourceStatus ?? '') &&
      ResourceStatusReason === 'User Initiated',
  )
  return events.slice(0, start === -1 ? events.length : start + 1).reverse()
}

function progressOf(event: StackEvent): StackProgress {
  return {
    stackName: event.StackName,
    logicalId: event.LogicalResourceId ?? event.StackName,
    resourceType: event.ResourceType ?? '',
    status: event.ResourceStatus ?? '',
    reason: event.ResourceStatusReason ?? '',
    atMs: event.Timestamp,
  }
}

/** Bytes travel as base64 between the command line and the server. */
function packed(input: unknown): unknown {
  if (input instanceof Uint8Array) return { $base64: Buffer.from(input).toString('base64') }
  if (Array.isArray(input)) return input.map(packed)
  if (typeof input !== 'object' || input === null) return input
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, packed(value)]))
}
