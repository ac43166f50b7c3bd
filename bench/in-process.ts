/**
 * What a call in the process costs over the SDK alone: the same client with a handler that hands back the same
 * answer. Both are measured in turns, batch by batch, so that what else the machine does falls on both.
 * Run: node bench/in-process.ts (compiled), or with --conditions=orrery-source.
 */
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { client, createCloud, SdkHandler } from '@cloud-orrery/cloud'
import { inTurns, median, printTable, type Row } from './table.ts'

const target = 1.15
const callsPerBatch = 20
const batches = 300
const warmUpBatches = 250

type Answer = Awaited<ReturnType<SdkHandler['handle']>>

const cloud = createCloud()
const shared = { region: 'us-east-1', credentials: cloud.credentials() }

/** A handler that gives the same answer again and again: the floor. */
function nullHandler({ response }: Answer) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async () => ({ response: { ...response, headers: { ...response.headers } } }),
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  }
}

/** What the cloud answers to one call. */
async function answerTo(send: (handler: SdkHandler) => Promise<unknown>): Promise<Answer> {
  const handler = new SdkHandler(cloud)
  let answer: Answer | undefined
  const handle = handler.handle.bind(handler)
  handler.handle = async (request, options) => {
    answer = await handle(request, options)
    return answer
  }
  await send(handler)
  if (answer === undefined) throw new Error('The call was not answered')
  return answer
}

async function compare(
  what: string,
  ours: () => Promise<unknown>,
  floor: () => Promise<unknown>,
): Promise<Row> {
  const batch = (call: () => Promise<unknown>) => async () => {
    for (let i = 0; i < callsPerBatch; i += 1) await call()
  }
  await inTurns(warmUpBatches, [batch(floor), batch(ours)])
  const [floorMs = [], oursMs = []] = await inTurns(batches, [batch(floor), batch(ours)])
  const ratio = median(oursMs) / median(floorMs)
  const shown = (times: readonly number[]) =>
    `${((median(times) / callsPerBatch) * 1000).toFixed(0)} µs`
  return {
    what: `${what} in process, over the SDK's null transport`,
    value: `${ratio.toFixed(2)}x (${shown(oursMs)} over ${shown(floorMs)})`,
    target: `<= ${target}x`,
    ok: ratio <= target,
  }
}

const sqs = client(cloud, SQSClient)
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'bench' }))
const message = () => new SendMessageCommand({ QueueUrl, MessageBody: 'hello' })
const sqsAnswer = await answerTo((requestHandler) =>
  new SQSClient({ ...shared, requestHandler }).send(message()),
)
const sqsFloor = new SQSClient({ ...shared, requestHandler: nullHandler(sqsAnswer) })

const sts = client(cloud, STSClient)
const identity = () => new GetCallerIdentityCommand({})
const stsAnswer = await answerTo((requestHandler) =>
  new STSClient({ ...shared, requestHandler }).send(identity()),
)
const stsFloor = new STSClient({ ...shared, requestHandler: nullHandler(stsAnswer) })

printTable('A call in the process', [
  await compare(
    'SQS SendMessage',
    () => sqs.send(message()),
    () => sqsFloor.send(message()),
  ),
  await compare(
    'STS GetCallerIdentity',
    () => sts.send(identity()),
    () => stsFloor.send(identity()),
  ),
])
