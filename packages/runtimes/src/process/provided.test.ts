import { describe, expect, test } from 'vitest'
import { providedRuntime } from './process-runtime.ts'
import { ok, place, type Setting, startMs } from './world.test-support.ts'

/** A runtime in a shell: what AWS's own tutorial for custom runtimes does, with `curl`. */
const bootstrap = (work: string) => `#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  headers=$(mktemp)
  event=$(curl -sS -D "$headers" "$api/invocation/next")
  id=$(grep -i lambda-runtime-aws-request-id "$headers" | tr -d '[:space:]' | cut -d: -f2)
  ${work}
done
`

describe.skipIf(process.platform !== 'linux')('an executable that speaks the Runtime API', () => {
  test('gets events and answers them, from its package or a layer', async () => {
    const echo = bootstrap('curl -sS -d "{\\"got\\":$event}" "$api/invocation/$id/response"')
    const inLayer: Pick<Setting, 'files' | 'layers'> = {
      files: { a: '' },
      layers: [{ bootstrap: echo }],
    }
    for (const where of [{ files: { bootstrap: echo } }, inLayer]) {
      const placed = await place({ runtime: providedRuntime, ...where })
      expect((await placed.invoke({ n: 1 })).end).toEqual({
        kind: 'returned',
        payload: '{"got":{"n":1}}',
      })
      const { end, started } = await placed.invoke({ n: 2 })
      expect([end, started]).toEqual([{ kind: 'returned', payload: '{"got":{"n":2}}' }, false])
    }
  })

  test('reaches the services at AWS_ENDPOINT_URL', async () => {
    const call =
      'curl -sS -d "\\"$(curl -sS $AWS_ENDPOINT_URL/some/path)\\"" "$api/invocation/$id/response"'
    const placed = await place({
      runtime: providedRuntime,
      files: { bootstrap: bootstrap(call) },
      answer: ({ path }) => ok(`answer to ${path}`),
    })
    expect((await placed.invoke()).end).toEqual({
      kind: 'returned',
      payload: '"answer to /some/path"',
    })
  })

  test('tells of an error with its type', async () => {
    const fail =
      'curl -sS -H "Lambda-Runtime-Function-Error-Type: My.Error" -d "{\\"errorMessage\\":\\"bad\\"}" "$api/invocation/$id/error"'
    const placed = await place({ runtime: providedRuntime, files: { bootstrap: bootstrap(fail) } })
    const { end, alive } = await placed.invoke()
    expect(end).toEqual({
      kind: 'failed',
      payload: '{"errorMessage":"bad"}',
      error: { errorType: 'My.Error', errorMessage: 'bad' },
    })
    expect(alive).toBe(true)
  })

  test('that ends after it told of an error has failed with that error', async () => {
    const fail =
      'curl -sS -d "{\\"errorType\\":\\"panic\\",\\"errorMessage\\":\\"bad\\"}" "$api/invocation/$id/error"; exit 1'
    const placed = await place({ runtime: providedRuntime, files: { bootstrap: bootstrap(fail) } })
    const { end, alive } = await placed.invoke()
    const error = { errorType: 'panic', errorMessage: 'bad' }
    expect([end, alive]).toEqual([{ kind: 'failed', payload: JSON.stringify(error), error }, false])
  })

  test('has the time that is left to it by the machine’s clock, which it sees', async () => {
    const tell =
      'deadline=$(grep -i deadline-ms "$headers" | tr -d "[:space:]" | cut -d: -f2); curl -sS -d $((deadline / 1000 - $(date +%s))) "$api/invocation/$id/response"'
    const placed = await place({ runtime: providedRuntime, files: { bootstrap: bootstrap(tell) } })
    const { end } = await placed.invoke({}, { deadlineMs: startMs + 600_000 })
    const left = Number(end.kind === 'returned' ? end.payload : '')
    expect(left > 540 && left <= 600).toBe(true)
  })

  test('without a bootstrap ends as on AWS', async () => {
    const placed = await place({ runtime: providedRuntime, files: { other: '' } })
    const { end, logs, alive } = await placed.invoke()
    expect(end).toMatchObject({ kind: 'exited', phase: 'init', reason: 'exit status 127' })
    expect(logs[0]?.text).toContain("Couldn't find valid bootstrap(s)")
    expect(alive).toBe(false)
  })

  test('has extensions beside it, which hear of each event and of the end', async () => {
    const extension = `#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension"
headers=$(mktemp)
curl -sS -D "$headers" -H "Lambda-Extension-Name: watcher" -d '{"events":["INVOKE","SHUTDOWN"]}' "$api/register" > /dev/null
id=$(grep -i lambda-extension-identifier "$headers" | tr -d '[:space:]' | cut -d: -f2)
while true; do
  event=$(curl -sS -H "Lambda-Extension-Identifier: $id" "$api/event/next")
  echo "heard $(echo "$event" | grep -o 'INVOKE\\|SHUTDOWN' | head -1)"
done
`
    const echo = bootstrap('curl -sS -d "$event" "$api/invocation/$id/response" > /dev/null')
    const placed = await place({
      runtime: providedRuntime,
      files: { bootstrap: echo },
      layers: [{ 'extensions/watcher': extension }],
    })
    const { logs, extensions } = await placed.invoke()
    expect(extensions).toEqual(['watcher'])
    expect(logs).toEqual([{ atMs: startMs, text: 'heard INVOKE' }])
  })
})
