import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import type { ExploredChoices } from '@cloud-orrery/kernel'
import type { SearchOptions, TrialResult } from '@cloud-orrery/vitest/explore'
import { UsageError } from '../command.ts'
import { sideBySide } from '../side-by-side.ts'
import type { Explored, SystemFinding } from './explore-system.ts'

interface TestSearch {
  readonly cwd: string
  readonly file: string
  /** Tests whose name has this in it; undefined: all of the file. */
  readonly name: string | undefined
  /** Processes of Vitest at a time. */
  readonly jobs: number
  readonly search: SearchOptions & { readonly from: number }
  /** Folder for recordings. */
  readonly recordings: string
  readonly tell: (line: string) => void
}

/** A line that the fixture of a repeated test writes. */
interface Line {
  readonly test: string
  readonly run: number
  readonly result: TrialResult
}

export function isTestFile(cwd: string, target: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(target) && existsSync(resolve(cwd, target))
}

/** Repeats the tests of a file, in Vitest, once for each seed; those that fail are made short one by one. */
export async function exploreTests(options: TestSearch): Promise<Explored> {
  const { search } = await import('@cloud-orrery/vitest/explore')
  const folder = mkdtempSync(join(tmpdir(), 'orrery-explore-'))
  const runner = new Runner(options, folder)
  try {
    const names = await runner.names()
    const findings: SystemFinding[] = []
    for (const name of names) {
      const startedAt = performance.now()
      const finding = await search((choices) => runner.trials(name, choices), options.search)
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      const outcome = finding === undefined ? 'holds' : `fails with seed ${finding.seed}`
      options.tell(`  ${name}: ${outcome} (${options.search.seeds} seeds, ${seconds} s)`)
      if (finding === undefined) continue
      const recording = await runner.recorded(name, finding.choices)
      findings.push({
        title: name,
        finding,
        recording,
        test: testSource(options, name, finding.choices),
      })
    }
    return { skipped: [], findings }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

class Runner {
  readonly #options: TestSearch
  readonly #folder: string
  #number = 0

  constructor(options: TestSearch, folder: string) {
    this.#options = options
    this.#folder = folder
  }

  /** Names of the tests that use the `aws` of `@cloud-orrery/vitest`. */
  async names(): Promise<string[]> {
    const calm = { seed: this.#options.search.from, only: {} }
    const { lines, output } = await this.#run([calm], this.#options.name)
    if (lines.length > 0) return [...new Set(lines.map(({ test }) => test))]
    throw new UsageError(
      `No test of ${this.#options.file} has a cloud to explore.`,
      `Write tests with test of '@cloud-orrery/vitest', and run Vitest 5 or newer. It said:\n${output}`,
    )
  }

  async *trials(name: string, choices: readonly ExploredChoices[]): AsyncGenerator<TrialResult> {
    // A failure early on ends the search, whatever else its process was given to do.
    const batches: ExploredChoices[][] = []
    let size = batchMin
    for (let first = 0; first < choices.length; size = Math.min(size * 3, batchMax)) {
      batches.push(choices.slice(first, first + size))
      first += size
    }
    for await (const { lines } of sideBySide(batches, this.#options.jobs, (batch) =>
      this.#run(batch, name),
    )) {
      const own = lines.filter(({ test }) => test === name).sort((a, b) => a.run - b.run)
      for (const { result } of own) yield result
    }
  }

  /** Has it once more and keeps the recording; its path, from the working directory. */
  async recorded(name: string, choices: ExploredChoices): Promise<string> {
    const { recordings, cwd } = this.#options
    const { output } = await this.#run([choices], name, { ORRERY_RECORDINGS: recordings })
    const path = /orrery: recording of .*: (\S+\.orrery)/.exec(output)?.[1]
    return path === undefined ? recordings : relative(cwd, resolve(cwd, path))
  }

  async #run(
    choices: readonly ExploredChoices[],
    name: string | undefined,
    env: Readonly<Record<string, string>> = { ORRERY_RECORDINGS: 'off' },
  ): Promise<{ lines: Line[]; output: string }> {
    this.#number += 1
    const plan = join(this.#folder, `plan-${this.#number}.json`)
    const results = join(this.#folder, `results-${this.#number}.jsonl`)
    writeFileSync(plan, JSON.stringify({ choices, results }))
    const { cwd, file } = this.#options
    const pattern = name === undefined ? [] : ['-t', escaped(name)]
    const repeats = ['--repeats', String(choices.length - 1)]
    const args = [vitestOf(cwd), 'run', file, ...pattern, ...repeats, '--testTimeout', '0']
    const output = await executed(args, cwd, { ...env, ORRERY_EXPLORE: plan })
    const text = existsSync(results) ? readFileSync(results, 'utf8') : ''
    const lines = text.split('\n').filter((line) => line !== '')
    return { lines: lines.map((line) => JSON.parse(line) as Line), output } // The fixture's own form.
  }
}

/** Runs that one process of Vitest does, few at first: its start takes as long as some of them. */
const batchMin = 8
const batchMax = 200

/** Vitest joins the names of suites and tests by spaces, and reads a regular expression. */
function escaped(name: string): string {
  return name.replaceAll(' > ', ' ').replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

function vitestOf(cwd: string): string {
  const require = createRequire(join(cwd, 'package.json'))
  try {
    return join(require.resolve('vitest/package.json'), '..', 'vitest.mjs')
  } catch {
    throw new UsageError(
      'Vitest is not installed here.',
      'Install it: npm install --save-dev vitest.',
    )
  }
}

function executed(args: string[], cwd: string, env: Record<string, string>): Promise<string> {
  const { NODE_OPTIONS: _, ...own } = process.env
  return new Promise((done) => {
    execFile(
      process.execPath,
      args,
      { cwd, env: { ...own, NO_COLOR: '1', ...env }, maxBuffer: 2 ** 28 },
      (_error, out, err) => done(out + err), // A failing test is what is looked for.
    )
  })
}

function testSource({ file, cwd }: TestSearch, name: string, choices: ExploredChoices): string {
  const json = JSON.stringify(choices)
  const test = escaped(name)
  return `// In ${relative(cwd, resolve(cwd, file))}, before the test:
describe('as seed ${choices.seed} found it', () => {
  test.override({ choices: ${json} })
  test(…) // ${name}
})

# Or at once:
ORRERY_CHOICES='${json}' npx vitest run ${file} -t '${test}'
`
}
