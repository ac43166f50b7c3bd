import { type ClockMode, Kernel } from '@cloud-orrery/kernel'
import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import type { CodeEnvironment, CodeInvocation, CodeOutcome } from '@cloud-orrery/services'
import { ZipFile } from 'yazl'
import type { CodeProcess } from '../process.ts'
import type { CodeRequestOptions, CodeWorld } from '../world.ts'
import { nodeRuntime } from './index.ts'

export const startMs = Date.UTC(2026, 0, 1)

export type Files = Readonly<Record<string, string | Buffer>>

export async function zipOf(files: Files): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content), name, { mode: 0o100644, mtime: new Date(startMs) })
  }
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

export type Answer = (
  request: HttpRequest,
  options: CodeRequestOptions,
) => Promise<HttpResponse | undefined> | HttpResponse | undefined

export interface CodeOptions extends Partial<Omit<CodeEnvironment, 'code' | 'layers'>> {
  readonly clock?: ClockMode
  /** What answers the code's requests. */
  readonly answer?: Answer
  readonly layers?: readonly Files[]
  readonly timeoutMs?: number
}

/** A function in an environment of its own, in a model whose clock is held. */
export class TestFunction {
  readonly kernel: Kernel
  readonly environment: CodeEnvironment
  readonly #process: CodeProcess
  readonly #bodies: ReadonlyMap<string, Buffer>
  readonly #answer: Answer
  readonly #timeoutMs: number
  #requests = 0

  constructor(
    bodies: ReadonlyMap<string, Buffer>,
    layers: readonly string[],
    {
      clock = { kind: 'held' },
      answer = () => undefined,
      timeoutMs = 3000,
      ...rest
    }: Omit<CodeOptions, 'layers'>,
  ) {
    this.kernel = new Kernel({ clock, startAtMs: startMs }, () => undefined)
    this.kernel.scheduler.start()
    this.#bodies = bodies
    this.#answer = answer
    this.#timeoutMs = timeoutMs
    this.environment = {
      id: 'environment',
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      variables: {},
      memoryMb: 128,
      storageMb: 512,
      initTimeoutMs: 10_000,
      seed: 1,
      ...rest,
      code: refOf('code'),
      layers: layers.map(refOf),
    }
    this.#process = nodeRuntime.start(this.environment)
  }

  /** Runs it for one event; the clock moves as far as the code waits. */
  async invoke(
    event: unknown = {},
    invocation: Partial<CodeInvocation> = {},
  ): Promise<CodeOutcome> {
    this.#requests += 1
    const requestId = `request-${this.#requests}`
    return await this.#enter((nowMs) => ({
      requestId,
      payload: JSON.stringify(event),
      deadlineMs: nowMs + this.#timeoutMs,
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:111111111111:function:f',
      ...invocation,
    }))
  }

  /** The init phase alone. */
  async start(): Promise<CodeOutcome> {
    return await this.#enter(() => undefined)
  }

  async #enter(invocationAt: (nowMs: number) => CodeInvocation | undefined): Promise<CodeOutcome> {
    const { scheduler, clock } = this.kernel
    const lost = (): CodeOutcome => {
      throw new Error('lost')
    }
    return await scheduler.enter(
      (turn) =>
        scheduler.code('code', undefined, turn, {
          lost,
          work: (turns) => {
            const world: CodeWorld = {
              turns,
              nowMs: () => clock.dueMs,
              get pace() {
                return clock.pace
              },
              body: (ref) => this.#bodyOf(ref.sha256),
              request: async (request, options) => {
                await scheduler.enter(() => undefined)
                return await this.#answer(request, options)
              },
            }
            return this.#process.invoke(invocationAt(clock.dueMs), world)
          },
        }),
      undefined,
      { movesTime: true },
    )
  }

  #bodyOf(name: string): Buffer {
    const body = this.#bodies.get(name)
    if (body === undefined) throw new Error(`There is no body ${name}`)
    return body
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end()
    this.kernel.scheduler.stop()
  }
}

/** The test's bodies go by names, not by hashes. */
function refOf(sha256: string): CodeEnvironment['code'] {
  return { sha256, sizeBytes: 0 }
}

/** A function whose package has these files: `await using f = await functionOf({ 'index.js': … })`. */
export async function functionOf(
  files: Files | string,
  { layers = [], ...options }: CodeOptions = {},
): Promise<TestFunction> {
  const code = typeof files === 'string' ? { 'index.js': files } : files
  const bodies = new Map([['code', await zipOf(code)]])
  for (const [at, layer] of layers.entries()) bodies.set(`layer-${at}`, await zipOf(layer))
  return new TestFunction(
    bodies,
    layers.map((_, at) => `layer-${at}`),
    options,
  )
}

/** How an invocation ends whose handler returned this. */
export const returned = (value: unknown): CodeOutcome['end'] => ({
  kind: 'returned',
  payload: JSON.stringify(value),
})

/** One run of a function that is needed no longer. */
export async function outcomeOf(
  files: Files | string,
  options: CodeOptions & { readonly event?: unknown } = {},
): Promise<CodeOutcome> {
  const { event, ...rest } = options
  await using code = await functionOf(files, rest)
  return await code.invoke(event)
}
