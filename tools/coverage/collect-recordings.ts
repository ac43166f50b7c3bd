import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Asked,
  allRecordings,
  recordingsFolder,
  recordingsPage,
  replaysFile,
  replaysOf,
} from './recordings.ts'

/**
 * `npm run recordings` runs the tests that replay recordings, notes which they ask for, and keeps that in
 * data/recordings.json and writes the page. A file of tests with a failure counts for nothing.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Tests that read recordings, themselves or through a support module. */
function replayingTests(): string[] {
  const folder = join(root, 'packages/services/src')
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(folder, file))
    .filter(
      (path) =>
        path.endsWith('.recorded.test.ts') ||
        /from '[^']*record[a-z-]*\.test-support/.test(readFileSync(path, 'utf8')),
    )
}

function run(asked: string, report: string): void {
  const arguments_ = [
    '--conditions=orrery-source',
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
  ]
  spawnSync(
    process.execPath,
    [...arguments_, ...replayingTests(), '--reporter=json', `--outputFile=${report}`],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ORRERY_RECORDINGS_ASKED: asked } },
  )
  if (!existsSync(report)) throw new Error('The tests did not run: see the messages above.')
}

function failedFiles(report: string): Set<string> {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { name: string; status: string }[]
  }
  return new Set(testResults.filter(({ status }) => status !== 'passed').map(({ name }) => name))
}

const folder = recordingsFolder(root)
if (folder === undefined) throw new Error('No recordings in ../shared/data: set ORRERY_DATA.')
const work = mkdtempSync(join(tmpdir(), 'orrery-recordings-'))
try {
  const asked = join(work, 'asked.jsonl')
  const report = join(work, 'report.json')
  run(asked, report)
  const failed = failedFiles(report)
  for (const file of failed) process.stderr.write(`${file} fails: its recordings do not count\n`)
  const lines = readFileSync(asked, 'utf8').trim().split('\n')
  const good = lines
    .map((line) => JSON.parse(line) as Asked)
    .filter(({ testPath }) => !failed.has(testPath))
  const replays = replaysOf(allRecordings(folder), good)
  writeFileSync(join(root, replaysFile), `${JSON.stringify(replays, null, 1)}\n`)
  writeFileSync(join(root, 'docs/reference/coverage/recordings.md'), recordingsPage(replays))
  const count = Object.values(replays).reduce((sum, { replayed }) => sum + replayed.length, 0)
  process.stdout.write(`${count} recordings are replayed\n`)
  if (failed.size > 0) process.exitCode = 1
} finally {
  rmSync(work, { recursive: true })
}
