import { processIo } from './io.ts'
import { runCommandLine } from './run-command-line.ts'

// A reader that has seen enough (`orrery journal | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

process.exitCode = await runCommandLine(process.argv.slice(2), processIo)
