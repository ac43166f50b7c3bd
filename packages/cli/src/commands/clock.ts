import { parseArgs } from 'node:util'
import { type Command, UsageError } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { atMost, durationOf, jsonOption, portOf, portOption } from '../options.ts'

interface ClockView {
  now: string
  mode: string
  pendingTasks: number
}

export const command: Command = {
  summary: 'Show the model time, move it, or run what is due.',
  usage: `orrery clock [advance DURATION | settle] [--port N] [--json]
  advance 90d  moves model time; every task on the way runs at its own moment (90d, 12h30m, 45s, 1y)
  settle       runs what is due now`,
  async run(args, io) {
    if (args.some((word) => /^-\d/.test(word))) {
      throw new UsageError(
        'The clock only moves forward.',
        'Give a duration such as 90d or 12h30m.',
      )
    }
    const { values, positionals } = parseArgs({
      args,
      options: { ...portOption, ...jsonOption },
      allowPositionals: true,
    })
    const client = new ControlClient(portOf(values.port))
    const [verb, duration] = positionals
    atMost(verb === 'advance' ? 2 : 1, positionals)
    let view: ClockView
    // The control answers of the clock all have this shape.
    if (verb === undefined) view = (await client.get('clock')) as ClockView
    else if (verb === 'settle') view = (await client.post('clock/settle')) as ClockView
    else if (verb === 'advance') {
      view = (await client.post('clock/advance', { byMs: durationOf(duration) })) as ClockView
    } else throw new UsageError(`The clock can't '${verb}'.`, 'Use advance DURATION or settle.')
    io.out(
      values.json === true
        ? `${JSON.stringify(view)}\n`
        : `${view.now} (${view.mode}), ${view.pendingTasks} pending\n`,
    )
    return 0
  },
}
