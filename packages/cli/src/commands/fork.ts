import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { Present, RememberedPast } from '@cloud-orrery/cloud'
import type { Command } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { clockModeOf, jsonOption, portOf } from '../options.ts'
import { serve, untilTold } from '../serve-present.ts'

export const command: Command = {
  summary: "Start a second server that goes on from a running one's state.",
  usage: `orrery fork --port N [--from N] [--clock MODE] [--json]
  --port N      port of the new server (0 takes a free one); it stays in the foreground
  --from N      port of the running one (default 4566)
  --clock MODE  held (default), real, fast=N or skip
  Calls that wait in the running server, and code that runs there, stay there.`,
  async run(args, io) {
    const startedAt = performance.now()
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        from: { type: 'string' },
        clock: { type: 'string' },
        ...jsonOption,
      },
    })
    const told = untilTold() // Before anyone hears that it is ready.
    const port = portOf(values.port ?? '0')
    const body = await new ControlClient(portOf(values.from)).stream('state')
    const { recordingsIn, restoredCloud } = await import('@cloud-orrery/cloud/persistence')
    // The platform's two types of a web stream differ in name only.
    const bytes = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
    const [state] = await recordingsIn(bytes, 'the state of the running server')
    if (state?.beginning === undefined) throw new Error('The server sent no state.')
    const cloud = await restoredCloud(state.beginning, state.options)
    cloud.kernel.clock.mode = clockModeOf(values.clock ?? 'held')
    cloud.kernel.scheduler.start()
    const present = new Present(new RememberedPast(cloud))
    return await serve(present, { port, json: values.json === true, startedAt, told }, io)
  },
}
