import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  LambdaClient,
  PublishLayerVersionCommand,
  type Runtime,
} from '@aws-sdk/client-lambda'
import { type Cloud, client, createCloud } from '@cloud-orrery/cloud'
import { onTestFinished } from 'vitest'
import { ZipFile } from 'yazl'

/** What `prepare.sh` got and built. */
const prepared = fileURLToPath(new URL('../../.orrery/functions/', import.meta.url))

/** The path of something prepared, or undefined where this machine could not have it. */
export function preparedPath(name: string): string | undefined {
  const path = join(prepared, name)
  return existsSync(path) ? path : undefined
}

/** What a test says that is skipped for want of it. */
export const howToPrepare = 'skipped where conformance/functions/prepare.sh could not make it'

export type Files = Readonly<Record<string, string | Uint8Array>>

/** A zip whose files may all be run. */
export async function zipped(files: Files): Promise<Buffer> {
  const zip = new ZipFile()
  const mtime = new Date('2026-01-01T00:00:00Z')
  for (const [name, body] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(body), name, { mode: 0o100755, mtime })
  }
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

export interface Place {
  readonly cloud: Cloud
  readonly lambda: LambdaClient
  readonly role: string
}

/** A cloud with a role for functions that may do what `actions` say, with everything. Closed after the test. */
export async function place(actions: readonly string[] = ['*']): Promise<Place> {
  const cloud = createCloud()
  onTestFinished(() => cloud.close())
  const iam = client(cloud, IAMClient)
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  }
  const RoleName = 'functions'
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  )
  const Statement = [{ Effect: 'Allow', Action: actions, Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }))
  await cloud.advance({ minutes: 1 })
  return { cloud, lambda: client(cloud, LambdaClient), role: Role?.Arn ?? '' }
}

export interface FunctionSetting extends Partial<Omit<CreateFunctionCommandInput, 'Code'>> {
  readonly files: Files
}

/** Makes a function and waits until it is Active. */
export async function makeFunction(
  { cloud, lambda, role }: Place,
  FunctionName: string,
  { files, ...input }: FunctionSetting,
): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: role,
      Timeout: 60,
      MemorySize: 1024,
      Code: { ZipFile: await zipped(files) },
      ...input,
    }),
  )
  await cloud.advance({ seconds: 5 })
}

/** A layer of a zip that was prepared. Returns the ARN of its version. */
export async function layerOf({ lambda }: Place, path: string): Promise<string> {
  const { LayerVersionArn = '' } = await lambda.send(
    new PublishLayerVersionCommand({
      LayerName: 'strangers',
      Content: { ZipFile: readFileSync(path) },
    }),
  )
  return LayerVersionArn
}

export interface Answered {
  readonly value: unknown
  /** `FunctionError`: how AWS says that it failed. */
  readonly failed?: string
  /** The last 4 KB of its log. */
  readonly log: string
}

export async function invoke(
  { lambda }: Place,
  FunctionName: string,
  event: unknown = {},
): Promise<Answered> {
  const { Payload, FunctionError, LogResult } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), LogType: 'Tail' }),
  )
  const text = Buffer.from(Payload ?? []).toString()
  return {
    value: text === '' ? undefined : JSON.parse(text),
    ...(FunctionError === undefined ? {} : { failed: FunctionError }),
    log: Buffer.from(LogResult ?? '', 'base64').toString(),
  }
}

/** The value of a function that did not fail. */
export async function returnedBy(
  place: Place,
  name: string,
  event: unknown = {},
): Promise<unknown> {
  const { value, failed, log } = await invoke(place, name, event)
  if (failed !== undefined) throw new Error(`${JSON.stringify(value, null, 2)}\n${log}`)
  return value
}

/** All that a function has logged, a message an element. */
export async function logOf({ cloud }: Place, name: string): Promise<string[]> {
  const logs = client(cloud, CloudWatchLogsClient)
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` }),
  )
  return events.map(({ message = '' }) => message)
}

/** The identifier of the runtime for the Python that is first in the PATH, for which packages were prepared. */
export function pythonRuntimeOf(version: string): Runtime {
  return `python${version}` as Runtime // Whether AWS has it, the service says.
}
