import { version } from '@cloud-orrery/cloud'
import { SimulatorError } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { type Command, type Io, UsageError } from './command.ts'

/** Mistakes in what the user gave, as opposed to what failed while it ran. */
const usageCodes: ReadonlySet<string> = new Set([
  'AccountId',
  'ClockBackwards',
  'ClockRange',
  'DataForeign',
  'DataOptions',
  'DataTimeline',
  'FaultRule',
  'FaultSite',
  'NoAppCommand',
  'NoAssembly',
  'NoSuchPath',
  'RecordingForeign',
  'RewindRange',
  'UnknownCall',
  'UnknownPrincipal',
])

/** Loaded one at a time: a command costs only what it needs. */
export const commands: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  run: () => import('./commands/run.ts'),
  systems: () => import('./commands/systems.ts'),
  start: () => import('./commands/start.ts'),
  env: () => import('./commands/env.ts'),
  trust: () => import('./commands/trust.ts'),
  deploy: () => import('./commands/deploy.ts'),
  destroy: () => import('./commands/destroy.ts'),
  status: () => import('./commands/status.ts'),
  clock: () => import('./commands/clock.ts'),
  journal: () => import('./commands/journal.ts'),
  explain: () => import('./commands/explain.ts'),
  explore: () => import('./commands/explore.ts'),
  policy: () => import('./commands/policy.ts'),
  record: () => import('./commands/record.ts'),
  replay: () => import('./commands/replay.ts'),
  rewind: () => import('./commands/rewind.ts'),
  fork: () => import('./commands/fork.ts'),
  fault: () => import('./commands/fault.ts'),
  mail: () => import('./commands/mail.ts'),
  picture: () => import('./commands/picture.ts'),
}

/** Runs one command line and gives its exit code. Every failure is one line that says what, one what next. */
export async function runCommandLine(args: string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.out(await overview())
    return 0
  }
  if (name === '--version') {
    io.out(`${version}\n`)
    return 0
  }
  const load = commands[name]
  if (load === undefined) {
    io.err(`orrery: no command '${name}'.\nSee 'orrery help' for all of them.\n`)
    return 2
  }
  const { command } = await load()
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(`${command.summary}\n\nUsage: ${command.usage}\n`)
    return 0
  }
  try {
    return await command.run(rest, io)
  } catch (error) {
    return reportFailure(error, name, io)
  }
}

function reportFailure(error: unknown, name: string, io: Io): number {
  if (error instanceof UsageError) {
    io.err(`orrery: ${error.message}\n${error.next}\n`)
    return 2
  }
  if (error instanceof SimulatorError) {
    io.err(`orrery: ${error.message}\n${error.next}\n`)
    return usageCodes.has(error.code) ? 2 : 1
  }
  if (error instanceof AwsError) {
    io.err(`orrery: ${error.code}: ${error.message}\nSee 'orrery journal' for the call.\n`)
    return 1
  }
  if (isSystemError(error)) {
    io.err(`orrery: ${error.message}\nCheck the address or path, and that you may use it.\n`)
    return 1
  }
  if (
    error instanceof TypeError &&
    'code' in error &&
    String(error.code).startsWith('ERR_PARSE_ARGS')
  ) {
    io.err(`orrery: ${error.message}\nSee 'orrery ${name} --help'.\n`)
    return 2
  }
  throw error
}

/** What the operating system refuses: a file that cannot be written, an address that is not ours. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error
}

async function overview(): Promise<string> {
  const lines: string[] = []
  for (const [name, load] of Object.entries(commands)) {
    lines.push(`  ${name.padEnd(10)}${(await load()).command.summary}`)
  }
  return `orrery ${version}: a deterministic AWS on your machine.

Usage: orrery COMMAND [OPTIONS]

${lines.join('\n')}

'orrery COMMAND --help' shows the options of one. '--json' prints one JSON object everywhere.
`
}
