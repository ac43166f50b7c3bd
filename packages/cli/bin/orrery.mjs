#!/usr/bin/env node
// Starts the compiled command line. In a checkout that was not built, runs the sources instead.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `orrery: needs Node 22.18 or newer; this is ${process.versions.node}.\n` +
      'Install a newer Node, or run it through npx in a checkout, which brings one.\n',
  )
  process.exit(2)
}
const built = new URL('../dist/main.js', import.meta.url)
if (existsSync(built)) {
  await import(built.href)
} else {
  const source = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const args = ['--conditions=orrery-source', '--no-warnings', source, ...process.argv.slice(2)]
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  // Whoever stops this one means the other: a server must not live on alone.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (status) => process.exit(status ?? 1))
}
