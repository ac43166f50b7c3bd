import { AwsError } from '@cloud-orrery/models'
import { PutObject } from '@cloud-orrery/models/s3'
import type { CallOptions, Context } from '../../context.ts'
import { StateFailure } from '../asl/failures.ts'
import type { Json, JsonObject } from '../asl/json.ts'
import { parsedJson } from '../asl/json.ts'
import type { WriterRequest } from './item-requests.ts'
import { isoTime } from './run.ts'
import type { Execution, MapRun } from './state.ts'

/** Writes the results of a run to S3, and gives what the state hands on. Throws `StateFailure`. */
export async function writeResults(
  ctx: Context,
  run: MapRun,
  children: readonly Execution[],
  { bucket, prefix }: WriterRequest,
  as: CallOptions,
): Promise<Json> {
  const id = run.mapRunArn.split(':').at(-1) ?? ''
  const folder = `${prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`}${id}`
  const put = async (name: string, value: Json): Promise<number> => {
    const text = JSON.stringify(value)
    const input = { Bucket: bucket, Key: `${folder}/${name}`, Body: Buffer.from(text) }
    await ctx.call(PutObject, input, as)
    return Buffer.byteLength(text)
  }
  try {
    const files: Record<string, Json> = { PENDING: [], FAILED: [], SUCCEEDED: [] }
    for (const kind of ['FAILED', 'SUCCEEDED']) {
      const some = children.filter(
        ({ status }) => (status === 'SUCCEEDED') === (kind === 'SUCCEEDED'),
      )
      if (some.length === 0) continue
      const size = await put(`${kind}_0.json`, some.map(resultOf))
      files[kind] = [{ Key: `${folder}/${kind}_0.json`, Size: size }]
    }
    await put('manifest.json', {
      DestinationBucket: bucket,
      MapRunArn: run.mapRunArn,
      ResultFiles: files,
    })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new StateFailure({ error: 'States.ResultWriterFailed', cause: error.message })
  }
  const details: JsonObject = { Bucket: bucket, Key: `${folder}/manifest.json` }
  return { MapRunArn: run.mapRunArn, ResultWriterDetails: details }
}

function resultOf(child: Execution): JsonObject {
  const { output, error, cause } = child
  return {
    ExecutionArn: child.executionArn,
    Input: child.input,
    InputDetails: { Included: true },
    Name: child.name,
    ...(output === undefined ? {} : { Output: output, OutputDetails: { Included: true } }),
    ...(error === undefined ? {} : { Error: error }),
    ...(cause === undefined ? {} : { Cause: cause }),
    RedriveCount: child.redriveCount,
    StartDate: isoTime(child.startedAtMs),
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    ...(child.stoppedAtMs === undefined ? {} : { StopDate: isoTime(child.stoppedAtMs) }),
  }
}

/** Outputs of the children that succeeded, in the order of their items. */
export function outputsOf(children: readonly Execution[]): Json[] {
  return children
    .filter(({ status }) => status === 'SUCCEEDED')
    .map(({ output }) => parsedJson(output ?? 'null') ?? null)
}
