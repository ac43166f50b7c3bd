import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { type Cloud, createCloud, type Listening, listen } from '@cloud-orrery/cloud'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Clients that no one here wrote, against the port, with nothing but an endpoint and the printed credentials. */

const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))
const venv = fileURLToPath(new URL('../.orrery/venv/bin/', import.meta.url))

async function works(command: string, args: string[]): Promise<boolean> {
  try {
    await run(command, args)
    return true
  } catch {
    return false
  }
}

const python = existsSync(`${venv}python`) ? `${venv}python` : 'python3'
const hasBoto3 = await works(python, ['-c', 'import boto3'])
/** Version 1 comes from PyPI into the checkout's own environment, version 2 from Debian. */
const commandLines = [`${venv}aws`, '/usr/bin/aws'].filter((path) => existsSync(path))

let cloud: Cloud
let server: Listening

beforeAll(async () => {
  cloud = createCloud({ clock: { kind: 'real' } })
  server = await listen(cloud, { port: 0, token: 'conformance' })
})

afterAll(async () => {
  await server.close()
})

function environment(): Record<string, string> {
  const own = cloud.credentials()
  const stranger = cloud.credentials('222222222222')
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: cloud.defaultRegion,
    AWS_DEFAULT_REGION: cloud.defaultRegion,
    AWS_ACCESS_KEY_ID: own.accessKeyId,
    AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
    STRANGER_ACCESS_KEY_ID: stranger.accessKeyId,
    STRANGER_SECRET_ACCESS_KEY: stranger.secretAccessKey,
  }
}

async function output(command: string, args: string[], env: Record<string, string>) {
  try {
    return (await run(command, args, { env, timeout: 240_000, maxBuffer: 2 ** 26 })).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${stdout.split('\n').filter((line) => !line.startsWith('ok')).join('\n')}\n${stderr}`)
  }
}

test.skipIf(!hasBoto3)('boto3 does its sixty operations (skipped where boto3 is not installed)', { timeout: 300_000 }, async () => {
  const text = await output(python, [`${here}boto3_operations.py`], environment())
  const [, operations] = /(\d+) operations, 0 failures/.exec(text) ?? []
  expect(Number(operations)).toBeGreaterThanOrEqual(60)
})

test.skipIf(commandLines.length === 0).each(commandLines)('%s does its operations', { timeout: 300_000 }, async (aws) => {
  const text = await output('bash', [`${here}aws_operations.sh`, aws], environment())
  const [, operations] = /(\d+) operations, 0 failures/.exec(text) ?? []
  expect(Number(operations)).toBeGreaterThanOrEqual(60)
})
