import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { command } from './process.test-support.ts'

const cwd = fileURLToPath(new URL('../../..', import.meta.url))

test('run --keep shows the promises, then leaves the system there and says how to look at it', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-keep-'))
  const env = { XDG_RUNTIME_DIR: folder, ORRERY_HOME: folder }
  const running = command(['run', '14', '--only', '4', '--keep', '--port', '0'], { cwd, env })
  const text = await running.text(/ready on/)
  expect(text).toContain('1 of 1 promises kept; the stack was deleted, nothing is left.')
  expect(text).toContain('is deployed again, and stays until Ctrl-C.')
  const port = /ready on http:\/\/127\.0\.0\.1:(\d+) /.exec(text)?.[1] ?? 'none'
  expect(text).toMatch(
    new RegExp(
      `--proxy-server=http://127\\.0\\.0\\.1:${port} --ignore-certificate-errors-spki-list=\\S{44}`,
    ),
  )
  const health = await fetch(`http://127.0.0.1:${port}/_orrery/health`)
  expect(await health.json()).toMatchObject({ ok: true })
  running.kill('SIGTERM')
  expect((await running.ended()).code).toBe(0)
})
