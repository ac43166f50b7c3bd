import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SimulatorError } from '@cloud-orrery/kernel'

/** Runs the app as the `cdk` command does. Gives the folder of the assembly. */
export function synthesize(appFolder: string, outFolder: string): string {
  const settings = JSON.parse(readFileSync(join(appFolder, 'cdk.json'), 'utf8')) as {
    app?: string
    context?: Record<string, unknown>
  }
  if (settings.app === undefined) {
    throw new SimulatorError(
      'NoAppCommand',
      `${join(appFolder, 'cdk.json')} has no "app".`,
      'Add the command that runs your CDK app, such as "node bin/app.ts".',
    )
  }
  const { status, stderr } = spawnSync(settings.app, {
    cwd: appFolder,
    shell: true,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      CDK_OUTDIR: outFolder,
      CDK_CONTEXT_JSON: JSON.stringify(settings.context ?? {}),
      JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
    },
  })
  if (status !== 0) {
    throw new SimulatorError(
      'SynthesisFailed',
      `The CDK app in ${appFolder} failed:\n${stderr.trim()}`,
      `Run '${settings.app}' in that folder and mend what it says.`,
    )
  }
  return outFolder
}
