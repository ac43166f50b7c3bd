import {
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { expect } from '@cloud-orrery/vitest/scenario'
import {
  begin,
  deployedTemplate,
  eventsOf,
  executionsOf,
  loader,
  rowOf,
  secondName,
  statusOf,
} from './loader.ts'

const failure = JSON.stringify({ Status: 'FAILURE', Reason: 'spoilt', UniqueId: 'x', Data: '' })
const put = { method: 'PUT', headers: { 'content-type': '' }, body: failure }

loader.promise(
  7,
  'a signal with another signature, or too late, is refused; the front function may not write the row',
  async ({ aws, outputs }) => {
    const waiting = aws.fork()
    await begin(waiting)
    await waiting.clock.advance({ minutes: 30 })
    const url = executionsOf(waiting).at(-1)?.callbackUrl ?? ''
    const altered = url.replace(/Signature=(.)/, (_, first) => `Signature=${first === '0' ? 1 : 0}`)
    expect((await waiting.fetch(altered, put)).status).toBe(403)
    expect(await statusOf(waiting)).toBe('CREATE_IN_PROGRESS')
    await waiting.clock.advance({ hours: 2 })
    expect(await statusOf(waiting)).toBe('CREATE_COMPLETE')
    const events = await eventsOf(waiting, secondName)
    await waiting.clock.advance({ hours: 22 })
    expect((await waiting.fetch(url, put)).status).toBe(403)
    await waiting.clock.advance({ minutes: 1 })
    expect(await eventsOf(waiting, secondName)).toEqual(events)
    waiting.cloud.close()

    // The worker's own code, with a task of its own, in the front function's role.
    const lambda = aws.client(LambdaClient)
    const FunctionName = outputs['FrontName']
    const S3Bucket = `cdk-hnb659fds-assets-${aws.accountId}-${aws.region}`
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, S3Bucket, S3Key: workerKey() }))
    await aws.clock.advance({ minutes: 1 })
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Environment: { Variables: { OPERATION: 'forged' } },
      }),
    )
    await aws.clock.advance({ minutes: 1 })
    const Data = JSON.stringify({ pk: 'demo-sfn', sk: 'DemoCustomResource', ts: '0' })
    const ResourceProperties = { DDBTable: outputs['Table'], Data }
    const cfnEvent = { RequestType: 'Create', ResourceProperties }
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify({ cfnEvent }) }),
    )
    expect(FunctionError).toBe('Unhandled')
    // Lambda's form of an exception.
    const thrown = JSON.parse(Buffer.from(Payload ?? []).toString()) as Record<string, string>
    expect(thrown['errorType']).toBe('AccessDeniedException')
    expect(thrown['errorMessage']).toContain('is not authorized to perform: dynamodb:PutItem')
    expect((await rowOf(aws, outputs['Table']))?.['lastOperation']).toBe('create')
  },
)

/** Where the deployed code of the workers lies. */
function workerKey(): string {
  const resources = Object.entries(deployedTemplate().Resources)
  const worker = resources.find(([id]) => id.startsWith('CreateWorkerFunction'))?.[1]
  if (worker === undefined) throw new Error('the template has no worker')
  const { S3Key } = worker.Properties['Code'] as { S3Key: string } // As the CDK writes it.
  return S3Key
}
