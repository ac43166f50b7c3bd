import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { atMost, jsonOption, portOf, portOption } from '../options.ts'

export const command: Command = {
  summary: 'Explain why a call was allowed or denied: the whole evaluation.',
  usage: `orrery explain [ID] [--port N] [--json]
  ID is a request id or a journal number; without one, the last denied call.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { ...portOption, ...jsonOption },
      allowPositionals: true,
    })
    atMost(1, positionals)
    const answer = await new ControlClient(portOf(values.port)).get('explain', {
      id: positionals[0],
    })
    // The control answer of this path has this shape.
    const { text } = answer as { text: string }
    io.out(values.json === true ? `${JSON.stringify(answer)}\n` : `${text}\n`)
    return 0
  },
}
