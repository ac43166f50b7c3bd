import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { call, InstallationAuthority, Present, RememberedPast } from '@cloud-orrery/cloud'
import { DescribeStacks } from '@cloud-orrery/models/cloudformation'
import type { PromiseDefinition } from '@cloud-orrery/vitest/scenario'
import type { Io } from './command.ts'
import { paint } from './io.ts'
import { serve, untilTold } from './serve-present.ts'
import type { SystemFolder } from './systems.ts'

interface Kept {
  readonly seed: number
  readonly port: number
}

/**
 * Deploys a system once more, at the wall's time, and serves it until told to stop: for people who want to use what
 * the promises showed. The clock runs, since browsers go by the wall's for cookies and certificates.
 */
export async function keepDeployed(
  folder: SystemFolder,
  promises: readonly PromiseDefinition[],
  { seed, port }: Kept,
  io: Io,
): Promise<void> {
  const { createAws } = await import('@cloud-orrery/vitest/aws')
  const told = untilTold()
  const startedAt = performance.now()
  const aws = createAws({ seed, startAtMs: Date.now() })
  await promises[0]?.system.setUp(aws)
  const { cloud } = aws
  cloud.kernel.clock.mode = { kind: 'real' }
  cloud.kernel.scheduler.start()
  const outputs: Record<string, string> = {}
  for (const StackName of folder.stacks) {
    const { Stacks: [stack] = [] } = await call(cloud, DescribeStacks, { StackName })
    for (const { OutputKey = '', OutputValue = '' } of stack?.Outputs ?? []) {
      outputs[OutputKey] = OutputValue
    }
  }
  const { publicKeyHash } = await InstallationAuthority.open()
  const preface = (opened: number) =>
    visitLines(folder, outputs, browserLine(publicKeyHash, opened), io)
  const present = new Present(new RememberedPast(cloud))
  await serve(present, { port, json: false, startedAt, told, preface }, io)
}

/** What to open and to do there, and with which browser. */
function visitLines(
  { visit = [], name }: SystemFolder,
  outputs: Readonly<Record<string, string>>,
  browser: string,
  io: Io,
): string {
  const filled = (text: string) =>
    text.replace(/\{(\w+)\}/g, (all, key: string) => outputs[key] ?? all)
  const steps = visit.map((step, at) => `    ${at + 1}. ${filled(step)}\n`).join('')
  return `\n  ${paint(io, 'bold', `${name} is deployed again, and stays until Ctrl-C.`)}
  A browser that sees the model by its true names, and trusts it there alone:

    ${browser}
${steps === '' ? '' : `\n${steps}`}\n`
}

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** A profile of its own: neither the machine's trusted authorities nor a person's browser are touched. */
function browserLine(publicKeyHash: string, port: number): string {
  return [
    programs.find(isOnPath) ?? 'chromium',
    '--user-data-dir="$(mktemp -d)"',
    `--proxy-server=http://127.0.0.1:${port}`,
    `--ignore-certificate-errors-spki-list=${publicKeyHash}`,
  ].join(' ')
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false // Not there, or not to be run.
    }
  })
}
