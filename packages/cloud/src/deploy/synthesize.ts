import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
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
      CDK_CONTEXT_JSON: JSON.stringify({ ...settings.context, ...lookedUp(appFolder) }),
      JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
    },
  })
  if (status !== 0) {
    throw new SimulatorError(
      'SynthesisFailed',
      `The CDK app in ${appFolder} failed:\n${readable(stderr)}`,
      `Run '${settings.app}' in that folder and mend what it says.`,
    )
  }
  return outFolder
}

/** What the CDK once looked up in an account, as `cdk` keeps it beside the app. */
function lookedUp(appFolder: string): Record<string, unknown> {
  const path = join(appFolder, 'cdk.context.json')
  if (!existsSync(path)) return {}
  // The CDK writes an object there.
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
}

/** Node shows the line of source that threw: of a minified library a page that hides the message. */
function readable(stderr: string): string {
  const columnsMax = 400
  return stderr
    .trim()
    .split('\n')
    .map((line) => (line.length > columnsMax ? `${line.slice(0, 80).trimEnd()} ...` : line))
    .filter((line) => line.trim() !== '')
    .join('\n')
}
