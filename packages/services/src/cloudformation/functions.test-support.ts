import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { type Cloud, type CloudOptions, client } from '@cloud-orrery/cloud'
import { ZipFile } from 'yazl'

/**
 * Functions whose code is the test's own: what CloudFormation asks and is answered matters here, not how a
 * runtime runs code.
 */

/** What a function answers, or throws. `put` sends an answer to a presigned URL. */
export type Handler = (event: never, put: (url: string, body: string) => Promise<number>) => unknown

type CodeRuntime = NonNullable<CloudOptions['runtimes']>[number]
type Invoke = ReturnType<CodeRuntime['start']>['invoke']

/** A runtime for a cloud, and the handlers of its functions by their names. */
export function testFunctions() {
  const handlers = new Map<string, Handler>()
  const runtime: CodeRuntime = {
    serves: () => true,
    start: ({ variables }) => {
      const handler = handlers.get(variables['AWS_LAMBDA_FUNCTION_NAME'] ?? '')
      return { engine: 'test', invoke: invoking(handler ?? (() => null)), end: async () => {} }
    },
  }
  return {
    runtimes: [runtime],
    /** Makes a function. Returns its ARN. */
    async add(cloud: Cloud, name: string, handler: Handler): Promise<string> {
      handlers.set(name, handler)
      return await created(cloud, name)
    },
  }
}

function invoking(handler: Handler): Invoke {
  return async (invocation, { turns, request }) => {
    const put = async (url: string, text: string): Promise<number> => {
      const { host, pathname, search } = new URL(url)
      const answer = await request(
        {
          method: 'PUT',
          path: pathname,
          query: search.slice(1),
          headers: { host },
          body: Buffer.from(text),
        },
        { tls: true, endpoint: false },
      )
      return answer?.status ?? 0
    }
    const outcome = { logs: [], started: true, alive: true, extensions: [], engine: 'test' }
    let answer: unknown
    let failure: Error | undefined
    let working: Promise<unknown> = Promise.resolve()
    await turns.piece(async () => {
      const event: unknown = JSON.parse(invocation?.payload ?? 'null')
      working = (async () => handler(event as never, put))() // Each test's handler knows its event.
    })
    try {
      answer = await working
    } catch (error) {
      failure = error as Error // Tests throw errors.
    }
    if (failure === undefined) {
      return { ...outcome, end: { kind: 'returned', payload: JSON.stringify(answer ?? null) } }
    }
    const error = { errorType: failure.name, errorMessage: failure.message, trace: [] }
    return { ...outcome, end: { kind: 'failed', error, payload: JSON.stringify(error) } }
  }
}

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
})

async function created(cloud: Cloud, FunctionName: string): Promise<string> {
  const { Role } = await client(cloud, IAMClient).send(
    new CreateRoleCommand({ RoleName: `${FunctionName}-role`, AssumeRolePolicyDocument: trust }),
  )
  const { FunctionArn = '' } = await client(cloud, LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: Role?.Arn,
      Code: { ZipFile: await emptyPackage() },
    }),
  )
  await cloud.advance({ seconds: 10 })
  return FunctionArn
}

async function emptyPackage(): Promise<Buffer> {
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from('// See the test.'), 'index.js', { mtime: new Date(0) })
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
