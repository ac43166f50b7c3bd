import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  type FunctionUrlAuthType,
  type InvokeMode,
} from '@aws-sdk/client-lambda'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import type { TestHandler } from '../functions.test-support.ts'
import { functionInput, type Replay, replay } from '../recorded.test-support.ts'

const FunctionName = 'fn'
const AuthType: FunctionUrlAuthType = 'NONE'

async function withUrl(id: string, handler: TestHandler, InvokeMode?: InvokeMode) {
  const it = replay('test_lambda', id, { 'handler.handler': handler })
  await it.lambda.send(new CreateFunctionCommand(await functionInput(FunctionName)))
  await it.cloud.advance({ seconds: 1 })
  const config = { FunctionName, AuthType, ...(InvokeMode && { InvokeMode }) }
  const made = it.lambda.send(new CreateFunctionUrlConfigCommand(config))
  if ('create_lambda_url_config' in it.recorded) await it.expect('create_lambda_url_config', made)
  const { FunctionUrl = '' } = await made
  const permitted = permit(it, 'urlPermission', {
    Action: 'lambda:InvokeFunctionUrl',
    FunctionUrlAuthType: AuthType,
  })
  if ('add_permission' in it.recorded) await it.expect('add_permission', permitted)
  await permitted
  // Accounts that had URLs before October 2025, as the recorded one, need this one later only.
  await permit(it, 'invoke', { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true })
  return { ...it, url: FunctionUrl }
}

function permit({ lambda }: Replay, StatementId: string, more: object) {
  const common = { FunctionName, StatementId, Principal: '*', Action: undefined }
  return lambda.send(new AddPermissionCommand({ ...common, ...more }))
}

interface UrlEvent {
  readonly version: string
  readonly headers: Record<string, string>
  readonly queryStringParameters?: Record<string, string>
  readonly rawPath: string
  readonly body?: string
  readonly isBase64Encoded: boolean
  readonly requestContext: { domainName: string; http: { method: string; sourceIp: string } }
}

/** The recorded function's answer: what it was asked, without the headers of the way where it is told so. */
function echo(event: UrlEvent, isTrimmed: boolean) {
  const { http, domainName } = event.requestContext
  const headers = Object.entries(event.headers).filter(
    ([name]) => !isTrimmed || !name.startsWith('x-'),
  )
  return {
    args: event.queryStringParameters ?? {},
    data: event.body,
    domain: domainName,
    headers: Object.fromEntries(headers),
    method: http.method,
    origin: http.sourceIp,
    path: event.rawPath,
  }
}

describe.skipIf(!recordingsPresent)('function URLs as recorded', () => {
  for (const [id, mode] of [
    ['None', undefined],
    ['BUFFERED', 'BUFFERED'],
    ['RESPONSE_STREAM', 'RESPONSE_STREAM'],
  ] as const) {
    test(`a URL of mode ${id}`, async () => {
      const name = `TestLambdaURL::test_lambda_url_echo_invoke[${id}]`
      await withUrl(name, (event: unknown) => event, mode)
    })
  }

  for (const [id, isTrimmed, path] of [
    ['default', false, 'pa2%Fth/1?q=query&multiQuery=foo&multiQuery=/bar'],
    ['trim_x_headers', true, 'path/1?q=query'],
  ] as const) {
    test(`a request as the function sees it: ${id}`, async () => {
      const name = `TestLambdaURL::test_lambda_url_echo_http_fixture_${id}`
      const it = await withUrl(name, (event: UrlEvent) => echo(event, isTrimmed))
      const response = await fetchFromCloud(it.cloud, `${it.url}${path}`, {
        method: 'POST',
        headers: {
          accept: '*/*',
          'accept-encoding': 'gzip, deflate',
          'content-type': 'application/json',
          'content-length': '14',
          'extra-headers': 'With WeiRd CapS',
          'user-agent': 'test/echo',
        },
        body: '{"foo": "bar"}',
      })
      it.expectValue('url_response', await response.json())
    })
  }

  test('a form arrives in base64', async () => {
    const name = 'TestLambdaURL::test_lambda_url_form_payload'
    const it = await withUrl(name, (event: UrlEvent) => echo(event, true))
    const { data } = it.recorded['url_response'] as { data: string }
    const body = Buffer.from(data, 'base64')
    const response = await fetchFromCloud(it.cloud, `${it.url}test/value`, {
      method: 'POST',
      headers: {
        accept: '*/*',
        'accept-encoding': 'gzip, deflate',
        'content-type': 'multipart/form-data; boundary=4efd159eae0c4f4e125a5a509e073d85',
        'content-length': String(body.byteLength),
        'user-agent': 'python/test-request',
      },
      body,
    })
    it.expectValue('url_response', await response.json())
  })

  test('the id of a request is that of the log', async () => {
    const it = await withUrl('TestRequestIdHandling::test_request_id_invoke_url', () => 'hi')
    const response = await fetchFromCloud(it.cloud, it.url)
    it.expectValue('lambda_url_invocation', {
      content: await response.text(),
      headers: { 'x-amzn-RequestId': response.headers.get('x-amzn-requestid') },
      statuscode: response.status,
    })
    const logs = client(it.cloud, CloudWatchLogsClient)
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: `/aws/lambda/${FunctionName}`,
        filterPattern: 'END',
      }),
    )
    it.expectValue(
      'end_log_entries',
      events.map(({ message }) => message?.trimEnd()),
    )
  })
})
