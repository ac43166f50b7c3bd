import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createCloud, listen, readAssembly } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'

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
/**
 * Version 2 comes from Debian, version 1 from PyPI into the checkout's own environment. Each call starts Python anew, so
 * that a script takes minutes: one version unless ORRERY_CONFORMANCE=all.
 */
const commandLines = ['/usr/bin/aws', `${venv}aws`]
  .filter((path) => existsSync(path))
  .slice(0, process.env['ORRERY_CONFORMANCE'] === 'all' ? 2 : 1)

/** A cloud of its own for each client, so that they can work at the same time. */
async function withServer<T>(work: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const cloud = createCloud({ clock: { kind: 'real' } })
  const server = await listen(cloud, { port: 0, token: 'conformance' })
  const own = cloud.credentials()
  const stranger = cloud.credentials('222222222222')
  try {
    return await work({
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: cloud.defaultRegion,
      AWS_DEFAULT_REGION: cloud.defaultRegion,
      AWS_ACCESS_KEY_ID: own.accessKeyId,
      AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
      STRANGER_ACCESS_KEY_ID: stranger.accessKeyId,
      STRANGER_SECRET_ACCESS_KEY: stranger.secretAccessKey,
    })
  } finally {
    await server.close()
  }
}

async function output(command: string, args: string[], env: Record<string, string>) {
  try {
    return (await run(command, args, { env, timeout: 880_000, maxBuffer: 2 ** 26 })).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(
      `${stdout
        .split('\n')
        .filter((line) => !line.startsWith('ok'))
        .join('\n')}\n${stderr}`,
    )
  }
}

/** Operations done, where nothing was unlike AWS. */
function operationsOf(text: string): number {
  return Number(/(\d+) operations, 0 failures/.exec(text)?.[1])
}

const timeout = 900_000

describe.concurrent('clients that no one here wrote', () => {
  test.skipIf(!hasBoto3)(
    'boto3 does its operations (skipped where it is not installed)',
    { timeout },
    async () => {
      const script = `${here}boto3_operations.py`
      const text = await withServer((env) => output(python, [script], env))
      expect(operationsOf(text)).toBeGreaterThanOrEqual(360)
    },
  )

  test.skipIf(commandLines.length === 0).each(commandLines)(
    '%s does its operations',
    { timeout },
    async (aws) => {
      const script = `${here}aws_operations.sh`
      const text = await withServer((env) => output('bash', [script, aws], env))
      expect(operationsOf(text)).toBeGreaterThanOrEqual(150)
    },
  )

  const [commandLine = ''] = commandLines
  test.skipIf(commandLine === '')(
    'aws cloudformation deploy works, and leaves what AWS leaves',
    { timeout },
    async () => {
      const app = fileURLToPath(
        new URL('../systems/14-cloudformation-events-workflow', import.meta.url),
      )
      const [stack] = readAssembly(app).stacks
      const template = join(mkdtempSync(join(tmpdir(), 'orrery-')), 'system-14.json')
      writeFileSync(template, stack?.template ?? '')
      const script = `${here}aws_cloudformation.sh`
      const text = await withServer((env) => output('bash', [script, commandLine, template], env))
      // Six are of `package`, which only newer command lines send to the port.
      expect(text).toMatch(/^(?:35|41) checks, 0 failures$/m)
    },
  )
})
