import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createCloud, listen } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

/** AWS's SAM CLI against the port, with nothing but an endpoint and the printed credentials. */

const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))
const venv = fileURLToPath(new URL('../.orrery/venv/bin/', import.meta.url))

/** `ORRERY_SAM` names one that is elsewhere. */
const sam = [
  process.env['ORRERY_SAM'] ?? '',
  `${venv}sam`,
  '/usr/local/bin/sam',
  '/usr/bin/sam',
].find((path) => path !== '' && existsSync(path))

test.skipIf(sam === undefined)(
  'sam deploys, lists and deletes (skipped where sam is not installed: pip install aws-sam-cli)',
  { timeout: 480_000 },
  async () => {
    const cloud = createCloud({ clock: { kind: 'real' } })
    const server = await listen(cloud, { port: 0, token: 'conformance' })
    const { accessKeyId, secretAccessKey } = cloud.credentials()
    try {
      const { stdout } = await run('bash', [`${here}sam.sh`, sam ?? ''], {
        timeout: 460_000,
        maxBuffer: 2 ** 26,
        env: {
          PATH: process.env['PATH'] ?? '',
          AWS_ENDPOINT_URL: server.url,
          AWS_REGION: cloud.defaultRegion,
          AWS_DEFAULT_REGION: cloud.defaultRegion,
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
        },
      })
      expect(stdout).toMatch(/^\d+ checks, 0 failures$/m)
    } finally {
      await server.close()
    }
  },
)
