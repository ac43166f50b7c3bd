import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { client } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import {
  howToPrepare,
  invoke,
  layerOf,
  logOf,
  makeFunction,
  type Place,
  place,
  preparedPath,
  returnedBy,
} from './strangers.test-support.ts'

/** Executables with AWS's own libraries for Rust, Go and Python as the peers of the Runtime API. */

const isLinux = process.platform === 'linux'
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f'
const timeout = 60_000

async function provided(bootstrap: string | Uint8Array): Promise<Place> {
  const made = await place()
  await makeFunction(made, 'f', {
    Runtime: 'provided.al2023',
    Handler: 'any',
    MemorySize: 256,
    files: { bootstrap },
  })
  return made
}

describe.skipIf(preparedPath('rust/bootstrap') === undefined || !isLinux)(
  `a function with the crate lambda_runtime (${howToPrepare})`,
  () => {
    const rust = () => provided(readFileSync(preparedPath('rust/bootstrap') ?? ''))

    test('gets its event and its context', { timeout }, async () => {
      const made = await rust()
      const told = { arn, name: 'f', memory: 256, version: '$LATEST', traced: true }
      for (const n of [1, 2]) {
        expect(await returnedBy(made, 'f', { n })).toMatchObject({ event: { n }, ...told })
      }
      const starts = (await logOf(made, 'f')).filter((line) => line.startsWith('starts'))
      expect(starts).toEqual(['starts\n'])
    })

    test('fails, panics and exits as on AWS', { timeout }, async () => {
      const made = await rust()
      const failed = await invoke(made, 'f', { do: 'fail' })
      expect([failed.failed, failed.value]).toEqual([
        'Unhandled',
        { errorType: expect.any(String), errorMessage: 'no good' },
      ])
      const panicked = await invoke(made, 'f', { do: 'panic' })
      expect(panicked.value).toMatchObject({ errorMessage: expect.stringContaining('a panic') })
      const exited = await invoke(made, 'f', { do: 'exit' })
      expect(exited.value).toEqual({
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(
          /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3$/,
        ),
      })
      expect(await returnedBy(made, 'f', { n: 3 })).toMatchObject({ event: { n: 3 } })
    })

    test('has what it prints in its log', { timeout }, async () => {
      const made = await rust()
      const { log } = await invoke(made, 'f', { do: 'print', text: 'from Rust' })
      expect(log).toMatch(
        /START RequestId: .*\n(?:starts\n)?"from Rust"\nEND RequestId: .*\nREPORT RequestId: /,
      )
    })
  },
)

describe.skipIf(preparedPath('go/bootstrap') === undefined || !isLinux)(
  `a function with the module aws-lambda-go (${howToPrepare})`,
  () => {
    const go = () => provided(readFileSync(preparedPath('go/bootstrap') ?? ''))

    test('gets its event and its context', { timeout }, async () => {
      const made = await go()
      expect(await returnedBy(made, 'f')).toMatchObject({ arn, name: 'f', memory: 256 })
    })

    test('uses S3 with AWS’s SDK for Go and its own role', { timeout }, async () => {
      const made = await go()
      const s3 = client(made.cloud, S3Client)
      await s3.send(new CreateBucketCommand({ Bucket: 'strange' }))
      const event = { do: 's3', bucket: 'strange', text: 'by Go' }
      expect(await returnedBy(made, 'f', event)).toBe('by Go')
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'strange', Key: 'from-go' }))
      expect(await Body?.transformToString()).toBe('by Go')
    })

    test('is denied what its role does not allow', { timeout }, async () => {
      const made = await place(['logs:*'])
      await makeFunction(made, 'f', {
        Runtime: 'provided.al2023',
        Handler: 'any',
        files: { bootstrap: readFileSync(preparedPath('go/bootstrap') ?? '') },
      })
      await client(made.cloud, S3Client).send(new CreateBucketCommand({ Bucket: 'strange' }))
      const { value } = await invoke(made, 'f', { do: 's3', bucket: 'strange', text: '' })
      expect((value as { errorMessage: string }).errorMessage).toMatch(
        /api error AccessDenied: User: arn:aws:sts::123456789012:assumed-role\/functions\/f@lambda_function is not authorized to perform: s3:PutObject/,
      )
    })

    test('fails, panics and exits as on AWS', { timeout }, async () => {
      const made = await go()
      const failed = await invoke(made, 'f', { do: 'fail' })
      expect(failed.value).toEqual({ errorType: 'noGood', errorMessage: 'no good' })
      const panicked = await invoke(made, 'f', { do: 'panic' })
      expect(panicked.value).toMatchObject({
        errorMessage: 'a panic',
        stackTrace: expect.any(Array),
      })
      const exited = await invoke(made, 'f', { do: 'exit' })
      expect(exited.value).toEqual({
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/Error: Runtime exited with error: exit status 3$/),
      })
    })
  },
)

const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout?.trim()

describe.skipIf(preparedPath('python.zip') === undefined || !isLinux)(
  `AWS’s runtime interface client for Python (${howToPrepare})`,
  () => {
    const source = `
import os, sys
print("at import")
def handler(event, context):
    if event == "fail":
        raise ValueError("no good")
    if event == "exit":
        os._exit(4)
    return {"event": event, "name": context.function_name, "arn": context.invoked_function_arn,
            "rest": 0 < context.get_remaining_time_in_millis() <= 60_000}
`
    async function withClient(index = source): Promise<Place> {
      const made = await place()
      await makeFunction(made, 'f', {
        Runtime: 'provided.al2023',
        Handler: 'index.handler',
        Layers: [await layerOf(made, preparedPath('python.zip') ?? '')],
        files: {
          'index.py': index,
          bootstrap: `#!/bin/sh\nPYTHONPATH=/opt/python exec ${python} -m awslambdaric "$_HANDLER"\n`,
        },
      })
      return made
    }

    test('gets events from the Runtime API and answers them', { timeout }, async () => {
      const made = await withClient()
      for (const event of [{ n: 1 }, [2], 'three']) {
        expect(await returnedBy(made, 'f', event)).toEqual({ event, name: 'f', arn, rest: true })
      }
    })

    test('tells of errors, and of a module that is not good', { timeout }, async () => {
      const made = await withClient()
      const { value } = await invoke(made, 'f', 'fail')
      expect(value).toMatchObject({
        errorType: 'ValueError',
        errorMessage: 'no good',
        stackTrace: [expect.stringContaining('in handler')],
      })
      expect((await invoke(made, 'f', 'exit')).value).toEqual({
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/Error: Runtime exited with error: exit status 4$/),
      })
      const bad = await invoke(await withClient('import nothing_like_it'), 'f')
      expect(bad.value).toMatchObject({
        errorType: 'Runtime.ImportModuleError',
        errorMessage: "Unable to import module 'index': No module named 'nothing_like_it'",
      })
    })
  },
)

const nodeClient = preparedPath('node/ready') && preparedPath('node/node_modules/aws-lambda-ric')

describe.skipIf(nodeClient === undefined || !isLinux)(
  `AWS’s runtime interface client for Node (${howToPrepare})`,
  () => {
    const source = `export const handler = async (event, context) => {
      if (event === 'fail') throw new TypeError('no good')
      if (event === 'exit') process.exit(4)
      console.log('heard', event)
      const rest = context.getRemainingTimeInMillis()
      return { event, name: context.functionName, arn: context.invokedFunctionArn, rest: 0 < rest && rest <= 60_000 }
    }`

    test('gets events from the Runtime API, answers, fails and exits', { timeout }, async () => {
      const made = await place()
      await makeFunction(made, 'f', {
        Runtime: 'provided.al2023',
        Handler: 'index.handler',
        files: {
          'index.mjs': source,
          bootstrap: `#!/bin/sh\nexec ${process.execPath} ${nodeClient}/index.mjs "$_HANDLER"\n`,
        },
      })
      for (const event of [{ n: 1 }, [2], 'three']) {
        expect(await returnedBy(made, 'f', event)).toEqual({ event, name: 'f', arn, rest: true })
      }
      expect((await invoke(made, 'f', 'fail')).value).toEqual({
        errorType: 'TypeError',
        errorMessage: 'no good',
        trace: expect.arrayContaining(['TypeError: no good']),
      })
      expect((await invoke(made, 'f', 'exit')).value).toEqual({
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/Error: Runtime exited with error: exit status 4$/),
      })
    })
  },
)
