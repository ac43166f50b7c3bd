import { parseArgs } from 'node:util'
import { type Command, UsageError } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { durationOf, jsonOption, portOf, portOption } from '../options.ts'

export const command: Command = {
  summary: 'Arm or end a fault at an operation.',
  usage: `orrery fault SITE [OPTIONS] | orrery fault end ID
  SITE             service.Operation (sns.Publish), service.* or a site that a service names
  --error CODE     answer with this error (default ServiceUnavailable)
  --delay 2s       or answer late
  --times N        strike N times, then end (default: until ended)
  --probability P  strike with this probability, 0 to 1 (default 1)
  --port N, --json`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: {
        ...portOption,
        ...jsonOption,
        error: { type: 'string' },
        delay: { type: 'string' },
        times: { type: 'string' },
        probability: { type: 'string' },
      },
      allowPositionals: true,
    })
    const client = new ControlClient(portOf(values.port))
    const [site, id] = positionals
    if (site === undefined) throw new UsageError('No site named.', "See 'orrery fault --help'.")
    const answer =
      site === 'end'
        ? await client.post('faults/end', { id })
        : await client.post('faults', {
            site,
            error: values.error,
            ...(values.delay === undefined ? {} : { delayMs: durationOf(values.delay) }),
            ...(values.times === undefined ? {} : { times: Number(values.times) }),
            ...(values.probability === undefined
              ? {}
              : { probability: Number(values.probability) }),
          })
    const { id: armed } = answer as { id?: string } // The control answers of faults.
    const text =
      site === 'end'
        ? `ended ${id}\n`
        : `armed ${armed} at ${site}; end it with 'orrery fault end ${armed}'\n`
    io.out(values.json === true ? `${JSON.stringify(answer)}\n` : text)
    return 0
  },
}
