import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createCloud, listen } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const run = promisify(execFile)

/** Signatures came with 7.75, of S3's kind with 7.87. */
async function curlSigns(): Promise<boolean> {
  try {
    const { stdout } = await run('curl', ['--version'])
    const [, major = 0, minor = 0] = /^curl (\d+)\.(\d+)/.exec(stdout)?.map(Number) ?? []
    return major * 1000 + minor >= 7087
  } catch {
    return false
  }
}

const ready = await curlSigns()

test.skipIf(!ready)(
  'curl and openssl see what AWS shows them (skipped where curl cannot sign)',
  { timeout: 120_000 },
  async () => {
    const cloud = createCloud({ clock: { kind: 'real' } })
    const server = await listen(cloud, { port: 0, token: 'conformance' })
    const { accessKeyId, secretAccessKey } = cloud.credentials()
    const script = fileURLToPath(new URL('curl.sh', import.meta.url))
    const env = {
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    }
    try {
      const { stdout } = await run('bash', [script], { env }).catch((error: unknown) => {
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
        return { stdout: `${stdout.replace(/^ok .*\n/gm, '')}\n${stderr}` }
      })
      expect(stdout.trim().split('\n').at(-1), stdout).toMatch(/^\d+ checks, 0 failures$/)
    } finally {
      await server.close()
    }
  },
)
