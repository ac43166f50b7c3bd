import { parseArgs } from 'node:util'
import { destroy } from '@cloud-orrery/cloud'
import { type Command, UsageError } from '../command.ts'
import { atMost, jsonOption, placeOf, placeOptions, portOf, portOption } from '../options.ts'
import { portTarget } from '../port-target.ts'
import { progressLine } from './deploy.ts'

export const command: Command = {
  summary: 'Delete a stack of a running cloud.',
  usage: 'orrery destroy STACK [--account ID] [--region NAME] [--port N] [--json]',
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { ...portOption, ...jsonOption, ...placeOptions },
      allowPositionals: true,
    })
    const [stack] = positionals
    if (stack === undefined) throw new UsageError('No stack named.', "See 'orrery destroy --help'.")
    atMost(1, positionals)
    const target = portTarget(portOf(values.port), placeOf(values))
    const status = await destroy(target, stack, {
      ...(values.json === true
        ? {}
        : { onProgress: (progress) => io.out(progressLine(progress, io)) }),
    })
    io.out(
      values.json === true ? `${JSON.stringify({ stack, status })}\n` : `${stack}: ${status}\n`,
    )
    return status === 'DELETE_COMPLETE' ? 0 : 1
  },
}
