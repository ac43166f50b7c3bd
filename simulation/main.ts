/**
 * Runs seeds: random work on a cloud, with checkers. npm run simulate -- [--seeds 200] [--from 1] [--steps 80]
 * [--seed N [--verbose]]. See docs/explanation/simulation.md.
 */
import { parseArgs } from 'node:util'
import { inFolder } from './folders.ts'
import { run } from './run.ts'
import { settingsOf, stepsDefault } from './settings.ts'
import { shrink } from './shrink.ts'

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      steps: { type: 'string', default: String(stepsDefault) },
      verbose: { type: 'boolean', default: false },
    },
  })
  const [count, first, steps] = [values.seeds, values.from, values.steps].map(Number)
  if (![count, first, steps].every((it) => Number.isInteger(it) && (it ?? 0) > 0)) {
    process.stderr.write('Seeds, from and steps are whole numbers from 1.\n')
    return 2
  }
  const seeds =
    values.seed === undefined
      ? Array.from({ length: count ?? 0 }, (_, index) => (first ?? 1) + index)
      : [Number(values.seed)]
  const startedAt = performance.now()
  let failures = 0
  for (const seed of seeds) {
    if (!(await isClean(seed, steps ?? stepsDefault, values.verbose))) failures += 1
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`${seeds.length} seeds, ${failures} failed, ${seconds} s\n`)
  return failures === 0 ? 0 : 1
}

/**
 * Runs one seed, a part of them twice: the second run must have the same journal. (With a data directory, the disk has a
 * say in when a snapshot ends the waiting of calls.)
 */
async function isClean(seed: number, steps: number, isVerbose: boolean): Promise<boolean> {
  const settings = settingsOf(seed, steps)
  const features = [settings.cloud.choices, ...settings.parts].join(' ')
  process.stdout.write(`seed ${seed}: `)
  const startedAt = performance.now()
  const outcome = await inFolder(settings, (given) => run(given))
  const isTwice = seed % 3 === 0 && !settings.parts.has('crashes')
  const again = isTwice ? await inFolder(settings, (given) => run(given)) : outcome
  const tookMs = Math.round(performance.now() - startedAt)
  const isSame = again.digest === outcome.digest
  const ok = outcome.violation === undefined && isSame
  process.stdout.write(
    `${ok ? 'ok' : 'FAILED'}, ${outcome.calls} calls, ${outcome.refusals} refused, ` +
      `${outcome.denied} denied, ${outcome.received} received, ${outcome.entries} entries, ` +
      `${(outcome.modelMs / 3_600_000).toFixed(1)} model hours, ${tookMs} ms, ` +
      `${outcome.digest.slice(0, 12)} (${features})\n`,
  )
  if (isVerbose) for (const line of outcome.told) process.stdout.write(`  ${line}\n`)
  if (!isSame) process.stdout.write('  the same seed gave another journal the second time\n')
  if (outcome.violation !== undefined) {
    const { checker, text } = outcome.violation
    process.stdout.write(`  ${checker}: ${text}\n`)
    const short = await shrink(settings, checker)
    process.stdout.write(`  the shortest run found that still fails so:\n`)
    for (const line of short.told) process.stdout.write(`    ${line}\n`)
    process.stdout.write(`    -> ${short.violation?.text ?? ''}\n`)
  }
  if (!ok) {
    const more = steps === stepsDefault ? '' : ` --steps ${steps}`
    process.stdout.write(`  again: npm run simulate -- --seed ${seed}${more} --verbose\n`)
  }
  return ok
}

process.exitCode = await main()
