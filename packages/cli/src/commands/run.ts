import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  cachedAssembly,
  type Observation,
  type Recording,
  record,
  type StackProgress,
  shownEntry,
  type UnusedGrant,
  unusedGrantText,
} from '@cloud-orrery/cloud'
import type { Aws } from '@cloud-orrery/vitest/aws'
import type { PromiseDefinition } from '@cloud-orrery/vitest/scenario'
import { type Command, type Io, UsageError } from '../command.ts'
import { type ComplianceReport, complianceOf } from '../compliance.ts'
import { paint } from '../io.ts'
import { atMost, countOf, jsonOption, portOf } from '../options.ts'
import { GrantWatch } from '../policy/grant-watch.ts'
import { readPromises } from '../read-promises.ts'
import { sideBySide, usualJobs } from '../side-by-side.ts'
import { findSystem, type SystemFolder } from '../systems.ts'

/** What `--json` prints: see DESIGN, "A system". */
export interface RunReport {
  readonly system: string
  readonly engines: readonly string[]
  readonly seed: number
  readonly promises: readonly ShownPromise[]
  readonly leftovers: readonly string[]
  /** What the stacks' policies give and no promise used. */
  readonly unusedGrants: readonly UnusedGrant[]
  /** What the app's rule packs (cdk-nag) said; absent where it has none. */
  readonly compliance?: ComplianceReport
  readonly journalSha256: string
  readonly ok: boolean
}

interface ShownPromise {
  readonly id: number
  readonly title: string
  readonly ok: boolean
  readonly skipped?: string
  readonly modelMs: number
  readonly realMs: number
  /** Programs of others that took part; the journal of such a promise is in no file and no digest. */
  readonly engines?: readonly string[]
  readonly error?: string
}

export const command: Command = {
  summary: 'Run a system: deploy it into a fresh cloud and show that it keeps its promises.',
  usage: `orrery run NUMBER|SLUG [OPTIONS]
  --seed N        from which all chance comes (default 1)
  --only ID,ID    show only these promises
  --jobs N        show so many promises at a time (default: as many as the machine
                  has cores, at most 4); the results are the same
  --journal FILE  write the whole journal, one canonical JSON entry a line
  --record FILE   write a recording for each promise, for 'orrery replay'
  --keep          then deploy it again, at the time of day, and leave it there for
                  people until Ctrl-C; says what to open
  --port N        with --keep: port on the loopback (default 4566)
  --json          print one object: { system, engines, seed, promises, leftovers,
                  unusedGrants, compliance, journalSha256, ok }`,
  run: runSystem,
}

async function runSystem(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      ...jsonOption,
      seed: { type: 'string' },
      only: { type: 'string' },
      jobs: { type: 'string' },
      journal: { type: 'string' },
      record: { type: 'string' },
      keep: { type: 'boolean' },
      port: { type: 'string' },
    },
    allowPositionals: true,
  })
  const [wanted] = positionals
  if (wanted === undefined) {
    throw new UsageError('No system named.', "See 'orrery systems' for those that run here.")
  }
  atMost(1, positionals)
  const folder = findSystem(io.cwd, wanted)
  const seed = countOf(values.seed, '--seed') ?? 1
  const view = values.json === true ? undefined : io
  if (values.keep === true && view === undefined) {
    throw new UsageError('--keep is for people, --json for programs.', 'Give one of them.')
  }
  if (values.port !== undefined && values.keep !== true) {
    throw new UsageError('A port is opened by --keep alone.', 'Give --keep too.')
  }
  const promises = chosen(await readPromises(folder), idsOf(values.only))
  const kept: Kept = {
    ...(values.journal === undefined ? {} : { lines: [] }),
    ...(values.record === undefined ? {} : { recordings: [] }),
  }
  const jobs = countOf(values.jobs, '--jobs', 1) ?? usualJobs()
  const report = await runPromises(folder, promises, { seed, jobs }, view, kept)
  if (values.journal !== undefined)
    writeFileSync(resolve(io.cwd, values.journal), `${kept.lines?.join('\n')}\n`)
  if (values.record !== undefined) {
    const { writeRecordings } = await import('@cloud-orrery/cloud/persistence')
    await writeRecordings(resolve(io.cwd, values.record), kept.recordings ?? [])
  }
  if (values.json === true) io.out(`${JSON.stringify(report)}\n`)
  else printEnd(report, io)
  if (values.keep === true) {
    const { keepDeployed } = await import('../keep-deployed.ts')
    await keepDeployed(folder, promises, { seed, port: portOf(values.port) }, io)
  }
  return report.ok ? 0 : 1
}

/** What is kept of the clouds of a run, where it was asked for. */
interface Kept {
  readonly lines?: string[]
  readonly recordings?: { readonly recording: Recording; readonly title: string }[]
}

/** What one cloud of a run leaves behind. */
interface Trail {
  /** Absent where programs of others took part, which decide themselves when they ask for what. */
  readonly digest?: string
  readonly lines: readonly string[]
  readonly recordings: NonNullable<Kept['recordings']>
  readonly observations: readonly Observation[]
}

function trailOf(aws: Aws, title: string, { lines, recordings }: Kept, grants: GrantWatch): Trail {
  const isOurs = aws.engines.size === 0
  return {
    ...(isOurs && { digest: aws.journal.digest() }),
    lines: lines === undefined || !isOurs ? [] : aws.journal.entries.map(shownEntry),
    recordings: recordings === undefined ? [] : [{ recording: record(aws.cloud), title }],
    observations: grants.observed(aws.cloud),
  }
}

function keep({ lines, recordings }: Kept, grants: GrantWatch, trail: Trail): void {
  for (const line of trail.lines) lines?.push(line)
  recordings?.push(...trail.recordings)
  grants.add(trail.observations)
}

function idsOf(text: string | undefined): readonly number[] | undefined {
  return text?.split(',').flatMap((id) => countOf(id, '--only') ?? [])
}

function chosen(
  promises: readonly PromiseDefinition[],
  only: readonly number[] | undefined,
): readonly PromiseDefinition[] {
  if (only === undefined) return promises
  const unknown = only.find((wanted) => !promises.some(({ id }) => id === wanted))
  if (unknown === undefined) return promises.filter(({ id }) => only.includes(id))
  const ids = promises.map(({ id }) => id).join(', ')
  throw new UsageError(`There is no promise ${unknown}.`, `There are: ${ids}.`)
}

async function runPromises(
  folder: SystemFolder,
  promises: readonly PromiseDefinition[],
  { seed, jobs }: { readonly seed: number; readonly jobs: number },
  io: Io | undefined,
  kept: Kept,
): Promise<RunReport> {
  const { createAws } = await import('@cloud-orrery/vitest/aws')
  const aws = createAws({ seed })
  const journals = createHash('sha256')
  io?.out(`${paint(io, 'bold', folder.title)}\n${folder.outcome}\n\n`)
  const { given, compliance } = await setUp(folder, aws, promises, io)
  const grants = new GrantWatch(aws.cloud, folder.stacks)
  const shown: ShownPromise[] = []
  // Each fork goes on from here, and need not take the deployment into its digest once more.
  aws.journal.digest()
  const shows = sideBySide(promises, jobs, (promise) => show(promise, aws, given, kept, grants))
  for await (const { result, trail } of shows) {
    if (trail !== undefined) {
      if (trail.digest !== undefined) journals.update(`${result.id} ${trail.digest}\n`)
      keep(kept, grants, trail)
    }
    if (io !== undefined) printPromise(result, io)
    shown.push(result)
  }
  for (const stack of folder.stacks) await aws.destroy(stack)
  const last = trailOf(aws, `${folder.title}: deployed and deleted`, kept, grants)
  const untouched = createAws({ seed }).inventory()
  const leftovers = aws.inventory().filter((arn) => !untouched.includes(arn) && !isShared(arn))
  if (last.digest !== undefined) journals.update(last.digest)
  keep(kept, grants, last)
  aws.cloud.close()
  return {
    system: folder.name,
    engines: ['orrery', `node ${process.versions.node}`, ...enginesOf(shown)],
    seed,
    promises: shown,
    leftovers,
    unusedGrants: grants.unusedGrants,
    ...(compliance === undefined ? {} : { compliance }),
    journalSha256: journals.digest('hex'),
    ok: leftovers.length === 0 && shown.every(({ ok }) => ok),
  }
}

function enginesOf(shown: readonly ShownPromise[]): string[] {
  return [...new Set(shown.flatMap(({ engines = [] }) => engines))]
}

/** The CDK's bootstrap stack and roles of services belong to the account, not to the system: AWS leaves them too. */
function isShared(arn: string): boolean {
  return /stack\/CDKToolkit\/|cdk-hnb659fds-|cdk-bootstrap\/hnb659fds|:role\/aws-service-role\//.test(
    arn,
  )
}

/** Brings the assembly up to date, so that the deployment itself can be timed: its folder, and ms of real time. */
function synthesised(folder: SystemFolder): { assembly: string; synthesisMs: number } {
  const startedAt = performance.now()
  const assembly = cachedAssembly(folder.path)
  return { assembly, synthesisMs: Math.round(performance.now() - startedAt) }
}

async function setUp(
  folder: SystemFolder,
  aws: Aws,
  promises: readonly PromiseDefinition[],
  io: Io | undefined,
): Promise<{ given: object; compliance: ComplianceReport | undefined }> {
  const { assembly, synthesisMs } = synthesised(folder)
  const startedAt = performance.now()
  const unsubscribe = io === undefined ? () => {} : reportResources(aws, io)
  const given = (await promises[0]?.system.setUp(aws)) ?? {}
  unsubscribe()
  const realMs = Math.round(performance.now() - startedAt)
  const text = `  synthesised in ${synthesisMs} ms (kept until the app changes), deployed in ${realMs} ms`
  const compliance = complianceOf(assembly)
  if (io !== undefined) {
    const packs = compliance?.packs.map(({ pack, ok, acknowledged }) => {
      const outcome = ok ? 'no finding' : 'findings'
      return `\n  cdk-nag ${pack}: ${outcome}, ${acknowledged} acknowledged with reasons`
    })
    io.out(`${paint(io, 'dim', `${text}${packs?.join('') ?? ''}`)}\n\n`)
  }
  return { given, compliance }
}

/** Resources appear as they complete. */
function reportResources(aws: Aws, io: Io): () => void {
  return aws.cloud.kernel.journal.subscribe(({ kind, name, data }) => {
    if (kind !== 'event' || name !== 'aws.cloudformation CloudFormation Resource Status Change')
      return
    const detail = data['detail'] as Record<string, unknown> // CloudFormation's own events.
    const { status } = detail['status-details'] as { status: StackProgress['status'] }
    if (status !== 'CREATE_COMPLETE') return
    const type = String(detail['resource-type'])
    if (type === 'AWS::CloudFormation::Stack') return
    io.out(paint(io, 'dim', `  ${type.padEnd(28)} ${String(detail['logical-resource-id'])}\n`))
  })
}

async function show(
  promise: PromiseDefinition,
  base: Aws,
  given: object,
  kept: Kept,
  grants: GrantWatch,
): Promise<{ result: ShownPromise; trail?: Trail }> {
  const { id, title, skipped } = promise
  if (skipped !== undefined) {
    return { result: { id, title, ok: true, skipped, modelMs: 0, realMs: 0 } }
  }
  const aws = base.fork()
  const startedAt = performance.now()
  const modelStartMs = aws.clock.now()
  let error: string | undefined
  try {
    await promise.show({ ...given, aws })
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown)
  }
  const trail = trailOf(aws, `${id}. ${title}`, kept, grants)
  aws.cloud.close()
  const result = {
    id,
    title,
    ok: error === undefined,
    modelMs: aws.clock.now() - modelStartMs,
    realMs: Math.round(performance.now() - startedAt),
    ...(aws.engines.size > 0 && { engines: [...aws.engines] }),
    ...(error === undefined ? {} : { error }),
  }
  return { result, trail }
}

function printPromise(
  { id, title, ok, skipped, modelMs, realMs, engines, error }: ShownPromise,
  io: Io,
): void {
  if (skipped !== undefined) {
    io.out(`  ${paint(io, 'yellow', '-')} ${id}. ${title} (skipped: ${skipped})\n`)
    return
  }
  const mark = ok ? paint(io, 'green', '✓') : paint(io, 'red', '✗')
  const by = engines === undefined ? '' : `, with ${engines.join(', ')}`
  const times = paint(io, 'dim', `${modelTime(modelMs)} in ${realMs} ms${by}`)
  io.out(`  ${mark} ${id}. ${title}  ${times}\n`)
  if (error !== undefined) io.out(`${error.replace(/^/gm, '      ')}\n`)
}

function modelTime(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(1)} min`
  return `${(ms / 86_400_000).toFixed(1)} days`
}

function printEnd(report: RunReport, io: Io): void {
  const kept = report.promises.filter(({ ok, skipped }) => ok && skipped === undefined).length
  const all = `${kept} of ${report.promises.length} promises kept`
  io.out(`\n  ${all}; the stack was deleted, ${leftText(report.leftovers)}\n`)
  if (report.unusedGrants.length > 0) {
    io.out(`  ${paint(io, 'yellow', 'granted, and used by none of these promises:')}\n`)
    for (const grant of report.unusedGrants) io.out(`    ${unusedGrantText(grant)}\n`)
  }
  io.out(
    paint(
      io,
      'dim',
      `  seed ${report.seed}, journal ${report.journalSha256.slice(0, 16)}, ${report.engines.join(', ')}\n`,
    ),
  )
  io.out(
    paint(
      io,
      'dim',
      `  Look around: systems/${report.system}; deploy it to AWS: npx cdk deploy in that folder.\n`,
    ),
  )
}

function leftText(leftovers: readonly string[]): string {
  if (leftovers.length === 0) return 'nothing is left.'
  return `and these are left:\n${leftovers.map((arn) => `    ${arn}`).join('\n')}`
}
