/**
 * Kills a server with a data directory, again and again, while clients write, and checks after each restart that all
 * they were answered is there. Run: node --conditions=orrery-source simulation/kills/main.ts [--kills 200] [--seed 1]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { RandomStreams } from '@cloud-orrery/kernel'
import {
  broken,
  type Clients,
  callUntilGone,
  clientsFor,
  prepare,
  returned,
  type Told,
} from './load.ts'

const clientsCount = 6

interface Life {
  readonly child: ChildProcess
  readonly port: number
  readonly remarks: readonly string[]
  readonly replayed: { readonly entries: number; readonly tookMs: number }
  readonly readyMs: number
}

function start(folder: string, seed: number): Promise<Life> {
  const script = fileURLToPath(new URL('server.ts', import.meta.url))
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...process.execArgv, script, folder, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    let text = ''
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (!text.includes('\n')) return
      child.removeAllListeners('exit')
      const told = JSON.parse(text) as Pick<Life, 'port' | 'remarks' | 'replayed'>
      resolve({ child, ...told, readyMs: performance.now() - startedAt })
    })
  })
}

function kill({ child }: Life, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' } } })
  const kills = Number(values.kills ?? 200)
  const seed = Number(values.seed ?? 1)
  process.stdout.write(`seed ${seed}, ${kills} kills, ${clientsCount} clients\n`)
  const streams = new RandomStreams(seed)
  const moments = streams.stream('moments')
  const folder = mkdtempSync(join(tmpdir(), 'orrery-kills-'))
  const all: Told[] = []
  const wrong: string[] = []
  let torn = 0
  let slowestMs = 0
  let life = await start(folder, seed)
  try {
    for (let round = 0; round < kills && wrong.length === 0; round += 1) {
      const clients = clientsFor(life.port)
      const told = await prepare(clients, round)
      all.push(told)
      const calling = Array.from({ length: clientsCount }, (_, client) => {
        const stream = streams.stream(`client ${client}`)
        return callUntilGone(clients, told, client, () => stream.float())
      })
      await new Promise((resolve) => setTimeout(resolve, 20 + moments.below(900)))
      // Now and then it is told to stop, in the middle of all that.
      await kill(life, moments.below(8) === 0 ? 'SIGTERM' : 'SIGKILL')
      await Promise.all(calling)
      close(clients)
      life = await start(folder, seed)
      torn += life.remarks.length
      slowestMs = Math.max(slowestMs, life.readyMs)
      wrong.push(...(await check(life, told)))
      const { answers } = told
      const { entries, tookMs } = life.replayed
      process.stdout.write(
        `kill ${round + 1}: ${answers} answers; back in ${Math.round(life.readyMs)} ms (${entries} entries in ${Math.round(tookMs)} ms)${life.remarks.length > 0 ? ', a write was cut' : ''}\n`,
      )
    }
    if (wrong.length === 0) wrong.push(...(await checkAll(life, all)))
  } finally {
    await kill(life)
  }
  const left = readdirSync(folder, { recursive: true }).filter((name) =>
    String(name).endsWith('.new'),
  )
  const answers = all.reduce((sum, told) => sum + told.answers, 0)
  for (const one of wrong) process.stdout.write(`✗ ${one}\n`)
  process.stdout.write(
    `${wrong.length === 0 ? '✓' : '✗'} ${all.length} kills, ${answers} answered calls, ${wrong.length} of them lost or returned; ${torn} writes cut; slowest start ${Math.round(slowestMs)} ms; ${left.length} unfinished files of the last kill\n`,
  )
  if (wrong.length === 0) rmSync(folder, { recursive: true })
  else process.stdout.write(`the data directory is ${folder}; again with --seed ${seed}\n`)
  return wrong.length === 0 ? 0 : 1
}

async function check(life: Life, told: Told): Promise<string[]> {
  const clients = clientsFor(life.port)
  try {
    return await broken(clients, told)
  } finally {
    close(clients)
  }
}

/** At the end: objects of all rounds, and messages that were deleted. */
async function checkAll(life: Life, all: readonly Told[]): Promise<string[]> {
  const clients = clientsFor(life.port)
  try {
    // Visibility timeouts of the last round end.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const wrong: string[] = []
    for (const told of all) {
      const objectsOnly = { ...told, sent: new Set<string>(), published: new Set<string>() }
      wrong.push(...(await broken(clients, objectsOnly)), ...(await returned(clients, told)))
    }
    return wrong
  } finally {
    close(clients)
  }
}

function close(clients: Clients): void {
  for (const client of Object.values(clients)) client.destroy()
}

process.exitCode = await main()
