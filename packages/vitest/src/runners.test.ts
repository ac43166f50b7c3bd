import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)

/** Lets nothing load Vitest, as where it is not installed. */
const withoutVitest = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(name, context, next) {
      if (/^(vitest|@vitest\\/)/.test(name)) throw new Error('vitest is not installed here')
      return next(name, context)
    },
  })
`)}`

test('the cloud of a test works under node:test, where Vitest is not installed', async () => {
  const file = fileURLToPath(new URL('node-test.test-support.ts', import.meta.url))
  const args = ['--conditions=orrery-source', `--import=${withoutVitest}`]
  // The runner of node:test would take itself for a child of this one.
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env
  const { stdout } = await run(process.execPath, [...args, '--test', '--test-reporter=tap', file], {
    env,
  })
  expect(stdout).toMatch(/^# pass 1$/m)
  expect(stdout).toMatch(/^# fail 0$/m)
}, 60_000)
