import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { compareReplay, Present, RememberedPast, type Replayed } from '@cloud-orrery/cloud'
import type { FiledRecording } from '@cloud-orrery/cloud/persistence'
import { type Command, type Io, UsageError } from '../command.ts'
import { paint } from '../io.ts'
import { atMost, clockModeOf, countOf, jsonOption, portOf } from '../options.ts'
import { serve, untilTold } from '../serve-present.ts'

export const command: Command = {
  summary: 'Have a recorded run again, and say whether it goes as it went.',
  usage: `orrery replay FILE [OPTIONS]
  --to ENTRY|TIME  go only as far as an entry of its journal, or a time
  --part N         only this recording of a file that has several (from 1)
  --unfinished     replay what there is of a file that was cut short
  --serve          then serve the cloud on a port, to look around or to go on
  --port N         for --serve (default 4566, 0 takes a free one)
  --clock MODE     for --serve: held (default), real, fast=N or skip
  --json           print one object: { file, parts: [{ title, entries, same, difference, ... }] }`,
  run: replayFile,
}

async function replayFile(args: string[], io: Io): Promise<number> {
  const startedAt = performance.now()
  const { values, positionals } = parseArgs({
    args,
    options: {
      to: { type: 'string' },
      part: { type: 'string' },
      unfinished: { type: 'boolean' },
      serve: { type: 'boolean' },
      port: { type: 'string' },
      clock: { type: 'string' },
      ...jsonOption,
    },
    allowPositionals: true,
  })
  const [file] = positionals
  if (file === undefined) throw new UsageError('No recording named.', 'Give a file.')
  atMost(1, positionals)
  const { endOf, readRecordings } = await import('@cloud-orrery/cloud/persistence')
  const to = values.to === undefined ? undefined : endOf(values.to)
  const path = resolve(io.cwd, file)
  const reading = { unfinished: values.unfinished === true }
  const parts = chosen(await readRecordings(path, reading), countOf(values.part, '--part', 1))
  const serves = values.serve === true
  if (serves && parts.length > 1) {
    throw new UsageError(`${file} has ${parts.length} recordings.`, 'Choose one with --part N.')
  }
  const told = serves ? untilTold() : Promise.resolve() // Before anyone hears that it is ready.
  const shown: Shown[] = []
  let last: Replayed | undefined
  for (const part of parts) {
    last?.cloud.close()
    const partStartedAt = performance.now()
    last = await compareReplay(part, to)
    shown.push(shownOf(part, last, performance.now() - partStartedAt))
  }
  const text =
    values.json === true
      ? `${JSON.stringify({ file: path, parts: shown })}\n`
      : shown.map((one) => textOf(one, io)).join('')
  if (!serves || values.json === true) io.out(text)
  if (serves && last !== undefined) {
    const { cloud } = last
    cloud.kernel.clock.mode = clockModeOf(values.clock ?? 'held')
    cloud.kernel.scheduler.start()
    const json = values.json === true
    const serving = { port: portOf(values.port), json, startedAt, told, preface: text }
    return await serve(new Present(new RememberedPast(cloud)), serving, io)
  }
  last?.cloud.close()
  return shown.every(({ same }) => same) ? 0 : 1
}

function chosen(
  parts: readonly FiledRecording[],
  part: number | undefined,
): readonly FiledRecording[] {
  if (part === undefined) return parts
  const found = parts[part - 1]
  if (found !== undefined) return [found]
  throw new UsageError(`There is no part ${part}.`, `The file has ${parts.length}.`)
}

interface Shown {
  readonly title?: string
  readonly seed: number | string
  readonly version: string
  readonly unfinished: boolean
  /** Entries that entered, and entries of the whole journal then. */
  readonly entries: number
  readonly journal: number
  readonly now: string
  readonly same: boolean
  /** Whether it was replayed to its end, where journal and state are compared as a whole. */
  readonly whole: boolean
  readonly difference?: { readonly sequence: number; readonly text: string }
  readonly journalSha256: string
  readonly tookMs: number
}

function shownOf(part: FiledRecording, { cloud, difference, whole }: Replayed, ms: number): Shown {
  const { journal, clock } = cloud.kernel
  return {
    ...(part.title === undefined ? {} : { title: part.title }),
    seed: part.options.seed ?? 1,
    version: part.version,
    unfinished: part.unfinished,
    entries: part.entered.length,
    journal: journal.lastSequence,
    now: new Date(clock.nowMs).toISOString(),
    same: difference === undefined,
    whole,
    ...(difference === undefined ? {} : { difference }),
    journalSha256: journal.digest(),
    tookMs: Math.round(ms),
  }
}

function textOf(one: Shown, io: Io): string {
  const title = one.title === undefined ? '' : `${paint(io, 'bold', one.title)}\n`
  const until = `to #${one.journal} at ${one.now} in ${one.tookMs} ms (seed ${one.seed})`
  if (one.difference !== undefined) {
    const mark = paint(io, 'red', '✗')
    return `${title}${mark} another run: ${one.difference.text}\n  made by Orrery ${one.version}; replayed ${until}\n`
  }
  const what = one.whole ? 'the same journal and state' : 'the same so far'
  const cut = one.unfinished ? ' (the recording was cut short)' : ''
  return `${title}${paint(io, 'green', '✓')} ${what}, ${until}${cut}\n`
}
