import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { deploy, readAssembly, type StackProgress } from '@cloud-orrery/cloud'
import { type Command, type Io, UsageError } from '../command.ts'
import { paint } from '../io.ts'
import {
  atMost,
  jsonOption,
  pairsOf,
  placeOf,
  placeOptions,
  portOf,
  portOption,
} from '../options.ts'
import { portTarget } from '../port-target.ts'

export const command: Command = {
  summary: 'Deploy a template, a cdk.out or a CDK app to a running cloud.',
  usage: `orrery deploy PATH [OPTIONS]
  --name NAME         stack name for a template (default: the file's name)
  --parameter K=V     may be repeated
  --account ID, --region NAME
  --port N, --json`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: {
        ...portOption,
        ...jsonOption,
        ...placeOptions,
        name: { type: 'string' },
        parameter: { type: 'string', multiple: true },
      },
      allowPositionals: true,
    })
    const [path] = positionals
    if (path === undefined) {
      throw new UsageError('Nothing to deploy.', 'Name a template, a cdk.out or a CDK app.')
    }
    atMost(1, positionals)
    const parameters = pairsOf(values.parameter, '--parameter')
    const target = portTarget(portOf(values.port), placeOf(values))
    const assembly = readAssembly(
      resolve(io.cwd, path),
      values.name === undefined ? {} : { stackName: values.name },
    )
    const deployed = await deploy(target, assembly, {
      parameters,
      ...(values.json === true
        ? {}
        : { onProgress: (progress) => io.out(progressLine(progress, io)) }),
    })
    if (values.json === true) io.out(`${JSON.stringify({ stacks: deployed })}\n`)
    else {
      for (const { stackName, status, outputs } of deployed) {
        io.out(`${stackName}: ${status}\n`)
        for (const [key, value] of Object.entries(outputs)) io.out(`  ${key} = ${value}\n`)
      }
    }
    return deployed.every(({ status }) => /^(CREATE|UPDATE)_COMPLETE$/.test(status)) ? 0 : 1
  },
}

/** One transition on a line; what failed in red, with its reason. */
export function progressLine(progress: StackProgress, io: Io): string {
  const { status, resourceType, logicalId, reason } = progress
  const failed = status.includes('FAILED') || status.includes('ROLLBACK')
  const colour = failed ? 'red' : status.endsWith('_COMPLETE') ? 'green' : 'dim'
  const why = failed && reason !== '' ? `  ${reason}` : ''
  return `  ${paint(io, colour, status.padEnd(26))} ${resourceType.padEnd(28)} ${logicalId}${why}\n`
}
