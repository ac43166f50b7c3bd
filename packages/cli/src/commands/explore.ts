import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Finding } from '@cloud-orrery/vitest/explore'
import { type Command, type Io, UsageError } from '../command.ts'
import { exploreSystem, type SystemFinding } from '../explore/explore-system.ts'
import { exploreTests, isTestFile } from '../explore/explore-tests.ts'
import { paint } from '../io.ts'
import { atMost, countOf, jsonOption } from '../options.ts'
import { usualJobs } from '../side-by-side.ts'
import { findSystem } from '../systems.ts'

export const command: Command = {
  summary: 'Search for what can go wrong in a system or a test where AWS leaves open what happens.',
  usage: `orrery explore SYSTEM|TEST-FILE [OPTIONS]
  --seeds N       how many runs are tried (default 200)
  --from N        the first seed (default 1)
  --only ID       of a system: this promise alone
  --name TEXT     of a test file: tests whose name has this in it
  --jobs N        try so many at a time (default: as many as the machine has
                  cores, at most 4); what is found is the same
  --no-faults     leave failed calls, lost answers and crashes of functions out
  --json          print one object: { target, seeds, skipped, findings, ok }`,
  run: runExplore,
}

/** What one search came to, for people and for `--json`. */
export interface ExploreReport {
  readonly target: string
  readonly seeds: number
  /** Promises that hold only as things usually go, with their reasons. */
  readonly skipped: readonly string[]
  readonly findings: readonly SystemFinding[]
  readonly ok: boolean
}

async function runExplore(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      ...jsonOption,
      seeds: { type: 'string' },
      from: { type: 'string' },
      only: { type: 'string' },
      name: { type: 'string' },
      jobs: { type: 'string' },
      'no-faults': { type: 'boolean' },
    },
    allowPositionals: true,
  })
  const [target] = positionals
  if (target === undefined) {
    throw new UsageError('Nothing named to explore.', 'Name a system, or the file of a test.')
  }
  atMost(1, positionals)
  const seeds = countOf(values.seeds, '--seeds', 1) ?? 200
  const search = {
    seeds,
    from: countOf(values.from, '--from') ?? 1,
    faults: values['no-faults'] !== true,
    ...(io.terminal && values.json !== true && { onPass: progressOf(io) }),
  }
  const jobs = countOf(values.jobs, '--jobs', 1) ?? usualJobs()
  const recordings = join(io.cwd, '.orrery', 'explored')
  mkdirSync(recordings, { recursive: true })
  const tell =
    values.json === true
      ? () => {}
      : (line: string) => io.out(`${io.terminal ? clearLine : ''}${line}\n`)
  const found = isTestFile(io.cwd, target)
    ? await exploreTests({
        cwd: io.cwd,
        file: target,
        name: values.name,
        jobs,
        search,
        recordings,
        tell,
      })
    : await exploreSystem({
        system: findSystem(io.cwd, target),
        only: countOf(values.only, '--only'),
        jobs,
        search,
        recordings,
        tell,
      })
  const report: ExploreReport = { target, seeds, ...found, ok: found.findings.length === 0 }
  if (values.json === true) io.out(`${JSON.stringify(report)}\n`)
  else printReport(report, io)
  return report.ok ? 0 : 1
}

const clearLine = '\r\u001b[K'

/** A line that tells of each seed as it passes, and is written over by what comes next. */
function progressOf(io: Io): (seed: number) => void {
  return (seed) => io.out(`${clearLine}  seed ${seed} passed`)
}

function printReport({ seeds, skipped, findings }: ExploreReport, io: Io): void {
  for (const line of skipped) io.out(paint(io, 'dim', `  not explored: ${line}\n`))
  if (findings.length === 0) {
    io.out(`  ${paint(io, 'green', '✓')} nothing went wrong in ${seeds} runs\n`)
    return
  }
  for (const { title, finding, recording, test } of findings) {
    io.out(`\n  ${paint(io, 'red', '✗')} ${title}: goes wrong with seed ${finding.seed}\n`)
    io.out(`${numbered(finding)}\n`)
    const left = Object.keys(finding.choices.only ?? {}).length
    const departures = `${left} departure${left === 1 ? '' : 's'} from the usual`
    io.out(paint(io, 'dim', `  made as short as this, ${departures}, in ${finding.runs} runs\n`))
    io.out(`  the run: orrery replay ${recording}\n  the test that has it again:\n\n`)
    io.out(`${test.replace(/^(?=.)/gm, '    ')}\n`)
  }
}

function numbered({ trace }: Finding): string {
  return trace.map((step, index) => `    ${String(index + 1).padStart(2)}. ${step}`).join('\n')
}
