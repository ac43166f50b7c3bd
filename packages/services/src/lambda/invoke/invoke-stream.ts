import {
  InvokeWithResponseStream,
  type InvokeWithResponseStreamResponseEvent,
} from '@cloud-orrery/models/lambda'
import type { CodeEnd } from '../../code.ts'
import { operation } from '../../define.ts'
import { tailBytesMax } from '../limits.ts'
import { judgedFunction, qualifierOf } from '../lookup.ts'
import { functionArn, namedFunction, scopeOfName } from '../names.ts'
import type { Answer } from './answers.ts'
import { execute } from './execution.ts'
import { tailOf } from './log-lines.ts'
import { answering, invoked, readClientContext, readPayload } from './target.ts'

/**
 * The parts of an answer, in the order in which the code wrote them. Deviation: they come when the last one was written;
 * their moments are in the journal.
 */
export const invokeWithResponseStream = operation(InvokeWithResponseStream, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, {
      qualifier: input.Qualifier,
      action: 'lambda:InvokeFunction',
    }),
  provenance: 'modelled',
  refuses: ['TenantId'],
  trail: { kind: 'data', readOnly: false },
  scope: scopeOfName,
  async run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    const found = invoked(ctx, named)
    const version = answering(ctx, found)
    const ExecutedVersion = qualifierOf(version.number)
    if (input.InvocationType === 'DryRun') return { StatusCode: 204 }
    const payload = readPayload(input.Payload, false)
    const clientContext = readClientContext(input.ClientContext)
    const { answer, outcome, events } = await execute(ctx, {
      fn: found.fn,
      version,
      invokedArn: functionArn(ctx, named),
      requestId: ctx.requestId,
      payload,
      ...(clientContext === undefined ? {} : { clientContext }),
    })
    const LogResult = input.LogType === 'Tail' ? tailOf(events, tailBytesMax) : undefined
    return {
      StatusCode: 200,
      ExecutedVersion,
      ResponseStreamContentType: contentTypeOf(outcome.end),
      // An array is one that can be journaled; the protocol walks it as it walks any stream.
      EventStream: streamOf(
        outcome.end,
        answer,
        LogResult,
      ) as unknown as AsyncIterable<InvokeWithResponseStreamResponseEvent>,
    }
  },
})

function contentTypeOf(end: CodeEnd): string {
  return end.kind === 'streamed' ? end.contentType : 'application/json'
}

function streamOf(
  end: CodeEnd,
  answer: Answer,
  LogResult: string | undefined,
): InvokeWithResponseStreamResponseEvent[] {
  const chunks =
    end.kind === 'streamed'
      ? end.chunks.map(({ base64 }) => Buffer.from(base64, 'base64'))
      : [Buffer.from(answer.payload)]
  const failure = failureOf(end, answer)
  return [
    ...(failure !== undefined && end.kind !== 'streamed' ? [] : chunks).map((Payload) => ({
      PayloadChunk: { Payload },
    })),
    { InvokeComplete: { ...failure, ...(LogResult === undefined ? {} : { LogResult }) } },
  ]
}

/** Source: InvokeWithResponseStream, `InvokeWithResponseStreamCompleteEvent`. */
function failureOf(end: CodeEnd, answer: Answer) {
  if (!answer.failed) return undefined
  const type = end.kind === 'failed' || end.kind === 'initFailed' ? end.error.errorType : undefined
  return {
    ErrorCode: type ?? answer.status?.errorType ?? 'Unhandled',
    ErrorDetails: answer.payload,
  }
}
