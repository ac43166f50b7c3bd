import { parseArgs } from 'node:util'
import { type Command, UsageError } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import {
  atMost,
  countOf,
  durationOf,
  jsonOption,
  portOf,
  portOption,
  probabilityOf,
} from '../options.ts'

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
    if (values.error !== undefined && values.delay !== undefined) {
      throw new UsageError('A fault answers with an error or late, not both.', 'Arm two faults.')
    }
    const times = countOf(values.times, '--times', 1)
    const probability = probabilityOf(values.probability)
    const client = new ControlClient(portOf(values.port))
    const [site, id] = positionals
    atMost(site === 'end' ? 2 : 1, positionals)
    if (site === undefined) throw new UsageError('No site named.', "See 'orrery fault --help'.")
    if (site === 'end' && id === undefined) {
      throw new UsageError('No fault named.', "See 'orrery status' for those that are armed.")
    }
    const answer =
      site === 'end'
        ? await client.post('faults/end', { id })
        : await client.post('faults', {
            site,
            error: values.error,
            ...(values.delay === undefined ? {} : { delayMs: durationOf(values.delay) }),
            ...(times === undefined ? {} : { times }),
            ...(probability === undefined ? {} : { probability }),
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
