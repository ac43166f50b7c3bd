import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import { type Cloud, type CloudOptions, client, createCloud } from '@cloud-orrery/cloud'
import { ZipFile } from 'yazl'
import type { CodeEnvironment, CodeInvocation, CodeOutcome } from '../code.ts'
import { accessKeys, roles, users } from '../shared/identity/state.ts'

/** What a handler of a test sees besides its event. */
export interface TestContext {
  readonly environment: CodeEnvironment
  readonly invocation: CodeInvocation
  /** Kept while the environment lives. */
  readonly memory: Map<string, unknown>
  log(text: string): void
  sleep(ms: number): Promise<void>
}

export type TestHandler = (event: never, context: TestContext) => unknown

/** A handler's way to end otherwise than by an answer or an exception. */
export class EndsAs extends Error {
  readonly end: CodeOutcome['end']

  constructor(end: CodeOutcome['end']) {
    super(end.kind)
    this.end = end
  }
}

/**
 * A family of runtimes for tests of the service: functions of the test, found by `handler`. It serves every runtime;
 * the real ones have tests of their own.
 */
function testRuntime(handlers: Readonly<Record<string, TestHandler>>) {
  return {
    serves: () => true,
    start: (environment: CodeEnvironment) => new TestProcess(environment, handlers),
  }
}

type Runtime = NonNullable<CloudOptions['runtimes']>[number]
type Process = ReturnType<Runtime['start']>
type World = Parameters<Process['invoke']>[1]

class TestProcess implements Process {
  readonly engine = 'test'
  readonly #environment: CodeEnvironment
  readonly #handler: TestHandler | undefined
  readonly #memory = new Map<string, unknown>()
  #started = false

  constructor(environment: CodeEnvironment, handlers: Readonly<Record<string, TestHandler>>) {
    this.#environment = environment
    this.#handler = handlers[environment.handler]
  }

  async invoke(invocation: CodeInvocation | undefined, world: World): Promise<CodeOutcome> {
    const started = !this.#started
    this.#started = true
    const logs: { atMs: number; text: string }[] = []
    const end = await this.#end(invocation, world, logs)
    const alive = end.kind === 'returned' || end.kind === 'failed'
    const init = started ? { initEndedAtMs: world.nowMs() } : {}
    return { end, logs, started, ...init, alive, extensions: [], engine: this.engine }
  }

  async #end(
    invocation: CodeInvocation | undefined,
    world: World,
    logs: { atMs: number; text: string }[],
  ): Promise<CodeOutcome['end']> {
    if (this.#handler === undefined) {
      const errorMessage = `${this.#environment.handler} is undefined or not exported`
      const error = { errorType: 'Runtime.HandlerNotFound', errorMessage }
      return { kind: 'initFailed', error, payload: JSON.stringify(error) }
    }
    if (invocation === undefined) return { kind: 'returned', payload: 'null' }
    const handler = this.#handler
    const moment = (atMs: number) =>
      new Promise<void>((resolve) => void world.turns.at(atMs, resolve))
    const context: TestContext = {
      environment: this.#environment,
      invocation,
      memory: this.#memory,
      log: (text) => void logs.push({ atMs: world.nowMs(), text }),
      sleep: (ms) => moment(world.nowMs() + ms),
    }
    const run = async (): Promise<CodeOutcome['end']> => {
      try {
        const event = JSON.parse(invocation.payload) as never // The test's own event.
        const result = await handler(event, context)
        return { kind: 'returned', payload: JSON.stringify(result ?? null) }
      } catch (error) {
        if (error instanceof EndsAs) return error.end
        const { name, message } = error instanceof Error ? error : new Error(String(error))
        const told = { errorType: name, errorMessage: message }
        return { kind: 'failed', error: told, payload: JSON.stringify({ ...told, trace: [] }) }
      }
    }
    const late = moment(invocation.deadlineMs).then(
      () => ({ kind: 'timedOut', phase: 'invoke' }) as const,
    )
    let running: Promise<CodeOutcome['end']> | undefined
    await world.turns.piece(async () => {
      running = run()
      await new Promise((resolve) => setImmediate(resolve))
    })
    return await Promise.race([running ?? late, late])
  }

  async end(): Promise<void> {}
}

/** A zip with some files, the same bytes each time. */
export function zipOf(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const zip = new ZipFile()
  const mtime = new Date('2026-01-01T00:00:00Z')
  for (const [name, text] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(text), name, { mtime, forceDosTimestamp: true })
  }
  zip.end()
  const chunks: Buffer[] = []
  return new Promise((resolve, reject) => {
    zip.outputStream.on('data', (chunk: Buffer) => chunks.push(chunk))
    zip.outputStream.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))))
    zip.outputStream.on('error', reject)
  })
}

/** A cloud whose functions are handlers of the test. */
export function cloudOf(
  handlers: Readonly<Record<string, TestHandler>> = {},
  options: CloudOptions = {},
): Cloud {
  return createCloud({ deepFreeze: true, runtimes: [testRuntime(handlers)], ...options })
}

export const roleName = 'function-role'
export const roleArn = `arn:aws:iam::123456789012:role/${roleName}`

/** A role that Lambda may assume; it may do what `actions` say, with everything. */
export function giveRole(
  cloud: Cloud,
  actions: readonly string[] = ['logs:*'],
  name = roleName,
  accountId = cloud.defaultAccountId,
): string {
  const scope = cloud.scope(accountId, cloud.defaultRegion)
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  } as const
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: [...actions], Resource: '*' }],
  } as const
  const arn = `arn:aws:iam::${accountId}:role/${name}`
  roles.put(scope, {
    roleName: name,
    roleId: `AROA${name
      .toUpperCase()
      .replace(/[^A-Z]/g, 'A')
      .padEnd(17, 'A')
      .slice(0, 17)}`,
    arn,
    path: '/',
    createdAtMs: 0,
    trustPolicy: { text: JSON.stringify(trust), document: trust },
    maxSessionDurationSeconds: 3600,
    inlinePolicies:
      actions.length === 0 ? {} : { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
  return arn
}

export interface Made {
  readonly cloud: Cloud
  readonly lambda: LambdaClient
}

/** A cloud with a role; functions are made with `makeFunction`. */
export function start(
  handlers: Readonly<Record<string, TestHandler>> = {},
  options: CloudOptions = {},
): Made {
  const cloud = cloudOf(handlers, options)
  giveRole(cloud)
  return { cloud, lambda: client(cloud, LambdaClient) }
}

/** A function that answers by the handler of its name, Active at once. */
export async function makeFunction(
  { cloud, lambda }: Made,
  name: string,
  input: Partial<CreateFunctionCommandInput> = {},
) {
  const made = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: roleArn,
      Runtime: 'nodejs22.x',
      Handler: name,
      Code: { ZipFile: await zipOf({ 'index.js': `exports.handler = '${name}'` }) },
      ...input,
    }),
  )
  await cloud.advance({ seconds: 1 })
  return made
}

/** Credentials of a user who may do what `actions` say, with everything. */
export function functionCaller(
  cloud: Cloud,
  actions: readonly string[],
  resource = '*',
): { accessKeyId: string; secretAccessKey: string } {
  const accountId = cloud.defaultAccountId
  const scope = cloud.scope(accountId, cloud.defaultRegion)
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: [...actions], Resource: resource }],
  } as const
  users.put(scope, {
    userName: 'bob',
    userId: 'AIDABOBBOBBOBBOBBOBBO',
    path: '/',
    arn: `arn:aws:iam::${accountId}:user/bob`,
    createdAtMs: 0,
    inlinePolicies:
      actions.length === 0 ? {} : { own: { text: JSON.stringify(document), document } },
    attachedPolicies: [],
    tags: {},
  })
  const key = { accessKeyId: 'AKIABOBBOBBOBBOBBOBB', secretAccessKey: 'bob-secret' }
  accessKeys.put(scope, { ...key, accountId, userName: 'bob', status: 'Active', createdAtMs: 0 })
  return key
}
