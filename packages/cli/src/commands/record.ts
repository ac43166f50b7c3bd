import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { type Command, UsageError } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { atMost, jsonOption, portOf, portOption } from '../options.ts'

export const command: Command = {
  summary: 'Write a recording of all that entered a running server: enough to have the run again.',
  usage: `orrery record FILE [--port N] [--json]
  The file holds the secrets that were made in the run, access keys too: treat it as the run itself.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { ...portOption, ...jsonOption },
      allowPositionals: true,
    })
    const [file] = positionals
    if (file === undefined) throw new UsageError('No file named.', 'Give one, such as run.orrery.')
    atMost(1, positionals)
    const path = resolve(io.cwd, file)
    const body = await new ControlClient(portOf(values.port)).stream('recording')
    const beside = `${path}.${process.pid}.new`
    try {
      // The platform's two types of a web stream differ in name only.
      const bytes = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
      await pipeline(bytes, createWriteStream(beside, { mode: 0o600 }))
      await rename(beside, path)
    } finally {
      await rm(beside, { force: true })
    }
    const { readRecordings } = await import('@cloud-orrery/cloud/persistence')
    const [recording] = await readRecordings(path)
    const entries = recording?.entered.length ?? 0
    io.out(
      values.json === true
        ? `${JSON.stringify({ file: path, entries })}\n`
        : `${path}: ${entries} entries. Replay it with 'orrery replay ${file}'.\n`,
    )
    return 0
  },
}
