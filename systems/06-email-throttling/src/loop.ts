import { setTimeout as sleep } from 'node:timers/promises'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { setting } from './settings.ts'

const lambda = new LambdaClient({})
const tickMs = 1000

/** Ticks of one run: the next run comes with the next minute. */
const ticks = 60

/** Wakes the senders once a second for a minute, unless the first of them has nothing to do. */
export async function handler(): Promise<{ ticks: number }> {
  const startedAtMs = Date.now()
  const names = setting('FUNCTIONS').split(',')
  if (!(await hasWork(names))) return { ticks: 0 }
  for (let tick = 0; tick < ticks; tick += 1) {
    const delayMs = startedAtMs + tick * tickMs - Date.now()
    if (delayMs > 0) await sleep(delayMs)
    for (const name of names) await invoke(name, 'Event', {})
  }
  return { ticks }
}

async function hasWork(names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    const { Payload, FunctionError } = await invoke(name, 'RequestResponse', { probe: true })
    if (FunctionError !== undefined) continue
    const { busy } = JSON.parse(Buffer.from(Payload ?? []).toString()) as { busy?: boolean }
    if (busy === true) return true
  }
  return false
}

function invoke(FunctionName: string, InvocationType: 'Event' | 'RequestResponse', event: object) {
  const Payload = JSON.stringify(event)
  return lambda.send(new InvokeCommand({ FunctionName, InvocationType, Payload }))
}
