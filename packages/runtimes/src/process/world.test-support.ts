import { createHash } from 'node:crypto'
import { type BlobRef, type ClockMode, Kernel } from '@cloud-orrery/kernel'
import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import type { CodeEnvironment, CodeInvocation, CodeOutcome } from '@cloud-orrery/services'
import { onTestFinished } from 'vitest'
import { ZipFile } from 'yazl'
import type { CodeProcess, CodeRuntime } from '../process.ts'
import type { CodeWorld } from '../world.ts'

export const startMs = Date.UTC(2026, 0, 1)

export type Answer = (request: HttpRequest, tls: boolean) => HttpResponse | undefined

export interface Setting {
  readonly runtime: CodeRuntime
  readonly files: Readonly<Record<string, string | Buffer>>
  readonly layers?: readonly Readonly<Record<string, string | Buffer>>[]
  readonly environment?: Partial<CodeEnvironment>
  readonly answer?: Answer
  readonly clock?: ClockMode
}

export interface Placed {
  readonly kernel: Kernel
  readonly process: CodeProcess
  /** Invokes as a caller outside does who waits for the answer. */
  invoke(payload?: unknown, options?: Partial<CodeInvocation>): Promise<CodeOutcome>
}

/** An environment in a world of its own: a kernel, and answers that the test gives. */
export async function place(setting: Setting): Promise<Placed> {
  const { clock = { kind: 'held' }, layers = [] } = setting
  const kernel = new Kernel({ clock, startAtMs: startMs }, () => {})
  kernel.scheduler.start()
  const bodies = new Map<string, Buffer>()
  const keep = async (files: Readonly<Record<string, string | Buffer>>): Promise<BlobRef> => {
    const body = await zipped(files)
    const sha256 = createHash('sha256').update(body).digest('hex')
    bodies.set(sha256, body)
    return { sha256, sizeBytes: body.byteLength }
  }
  const process = setting.runtime.start({
    id: `environment-${Math.random()}`,
    runtime: 'provided.al2023',
    handler: 'index.handler',
    code: await keep(setting.files),
    layers: await Promise.all(layers.map(keep)),
    variables: { AWS_LAMBDA_FUNCTION_NAME: 'f', AWS_REGION: 'us-east-1' },
    memoryMb: 512,
    storageMb: 512,
    initTimeoutMs: 10_000,
    seed: 1,
    ...setting.environment,
  })
  onTestFinished(() => process.end())
  let number = 0
  return {
    kernel,
    process,
    invoke(payload = {}, options = {}) {
      number += 1
      const invocation: CodeInvocation = {
        requestId: `request-${number}`,
        payload: JSON.stringify(payload),
        deadlineMs: kernel.clock.nowMs + 900_000,
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
        ...options,
      }
      return kernel.scheduler.enter(
        (turn) =>
          kernel.scheduler.code<CodeOutcome>('code', undefined, turn, {
            work: (turns) => {
              const world: CodeWorld = {
                turns,
                pace: kernel.clock.pace,
                nowMs: () => kernel.clock.dueMs,
                body: ({ sha256 }) => bodies.get(sha256) ?? Buffer.alloc(0),
                request: (request, { tls }) =>
                  kernel.scheduler.enter(() => setting.answer?.(request, tls)),
              }
              return process.invoke(invocation, world)
            },
            lost: () => {
              throw new Error('Nothing is lost here')
            },
          }),
        undefined,
        { movesTime: true },
      )
    },
  }
}

export function zipped(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, body] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(body), name, { mode: 0o100755, mtime: new Date(startMs) })
  }
  zip.end()
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    zip.outputStream.on('data', (chunk: Buffer) => chunks.push(chunk))
    zip.outputStream.on('end', () => resolve(Buffer.concat(chunks)))
    zip.outputStream.on('error', reject)
  })
}

export function ok(body: string, headers: Record<string, string> = {}): HttpResponse {
  return { status: 200, headers, body: Buffer.from(body) }
}
