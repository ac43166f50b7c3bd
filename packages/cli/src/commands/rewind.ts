import { parseArgs } from 'node:util'
import { type Command, UsageError } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { atMost, jsonOption, portOf, portOption } from '../options.ts'

export const command: Command = {
  summary: 'Take a running server back to an entry of its journal or to a time.',
  usage: `orrery rewind ENTRY|TIME [--port N] [--json]
  ENTRY  number in the journal, such as 120: the server is as it was after it
  TIME   model time, such as 2026-01-01T12:00:00Z
  Where the server has a data directory, what came after stays there, under a name that 'orrery start' takes.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { ...portOption, ...jsonOption },
      allowPositionals: true,
    })
    const [to] = positionals
    if (to === undefined) {
      throw new UsageError('Back to where?', "Give an entry of 'orrery journal', or a time.")
    }
    atMost(1, positionals)
    const answer = await new ControlClient(portOf(values.port)).post('rewind', { to })
    // The control answer of this path has this shape.
    const { now, lastSequence, keptAs } = answer as Rewound
    if (values.json === true) io.out(`${JSON.stringify(answer)}\n`)
    else {
      io.out(`${now}, the journal ends with #${lastSequence}\n`)
      if (keptAs !== undefined) io.out(`what came after is kept as timeline ${keptAs}\n`)
    }
    return 0
  },
}

interface Rewound {
  readonly now: string
  readonly lastSequence: number
  readonly keptAs?: string
}
