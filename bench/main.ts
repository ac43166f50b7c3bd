/**
 * Every figure that the project promises, in one Markdown table. Each part is a process of its own, so that none
 * warms or burdens the other; each is also run by itself (`node bench/port.ts`). Exit code 1 if a target is missed.
 * Run: npm run bench [-- part...]
 */
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

interface Part {
  readonly name: string
  readonly args?: readonly string[]
}

/** In the order of the table. `sqs-million` and `user-pool` take minutes and come last. */
const parts: readonly Part[] = [
  { name: 'in-process' },
  { name: 'port' },
  { name: 'moto' },
  { name: 'clouds' },
  { name: 'start' },
  { name: 'stacks' },
  { name: 'functions' },
  { name: 'apis' },
  { name: 'tokens' },
  { name: 'logins' },
  { name: 'web-sockets' },
  { name: 'event-patterns' },
  { name: 'workflows' },
  { name: 'policy' },
  { name: 'protocols' },
  { name: 'durable' },
  { name: 'dynamodb' },
  { name: 'mails' },
  { name: 'size' },
  { name: 'sqs-million' },
  { name: 'user-pool' },
]

/** Rows of a part's own table, as it prints them. */
function rowsOf(text: string): string[] {
  return text.split('\n').filter((line) => /^\| .* \|$/.test(line) && !/^\| what \|/.test(line))
}

const chosen = process.argv.slice(2)
const rows: string[] = []
const remarks: string[] = []
for (const { name, args = [] } of parts) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  process.stderr.write(`bench: ${name}\n`)
  const path = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const { stdout, status } = spawnSync(process.execPath, [...process.execArgv, path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  const found = rowsOf(stdout)
  rows.push(...found)
  if (status !== 0) remarks.push(`${name} ended with ${status}.`)
  else if (found.length === 0) remarks.push(stdout.trim())
}

const [cpu] = cpus()
const head = [
  `Node ${process.versions.node}, ${cpus().length} x ${cpu?.model ?? 'unknown'}, ${new Date().toISOString().slice(0, 10)}`,
  '',
  '| what | measured | target | |',
  '|---|---|---|---|',
]
process.stdout.write(`${[...head, ...rows, '', ...remarks].join('\n')}\n`)
const missed = rows.filter((row) => row.includes('✗'))
if (missed.length > 0 || remarks.some((remark) => remark.includes(' ended with '))) {
  process.exitCode = 1
}
