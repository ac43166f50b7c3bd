import { setTimeout as sleep } from 'node:timers/promises'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { setting } from './settings.ts'

const lambda = new LambdaClient({})
const tickMs = 1000

/** Ticks of one run at most: the next run comes with the next minute. */
const ticks = 60

/** So many ticks after it looked for work, the loop looks again: when the last mail has gone it need not tick on. */
const ticksBetweenLooks = 10

/** Wakes the senders once a second for a minute, as long as one of them has something to do. */
export async function handler(): Promise<{ ticks: number }> {
  const startedAtMs = Date.now()
  const names = setting('FUNCTIONS').split(',')
  let idle = await isIdle(names)
  let tick = 0
  for (; tick < ticks && !idle; tick += 1) {
    const delayMs = startedAtMs + tick * tickMs - Date.now()
    if (delayMs > 0) await sleep(delayMs)
    const looks = tick > 0 && tick % ticksBetweenLooks === 0
    // Side by side: a slow look makes no tick late.
    const [isOver] = await Promise.all([looks && isIdle(names), wake(names)])
    idle = isOver
  }
  return { ticks: tick }
}

async function wake(names: readonly string[]): Promise<void> {
  for (const name of names) await invoke(name, 'Event', {})
}

/** Whether all of them say that there is nothing to do; one that fails may have something. */
async function isIdle(names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    const { Payload, FunctionError } = await invoke(name, 'RequestResponse', { probe: true })
    if (FunctionError !== undefined) return false
    const { busy } = JSON.parse(Buffer.from(Payload ?? []).toString()) as { busy?: boolean }
    if (busy === true) return false
  }
  return true
}

function invoke(FunctionName: string, InvocationType: 'Event' | 'RequestResponse', event: object) {
  const Payload = JSON.stringify(event)
  return lambda.send(new InvokeCommand({ FunctionName, InvocationType, Payload }))
}
