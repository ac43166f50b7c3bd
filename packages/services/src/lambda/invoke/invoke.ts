import { Invoke } from '@cloud-orrery/models/lambda'
import { operation } from '../../define.ts'
import { enqueue } from '../async/queue.ts'
import { tailBytesMax } from '../limits.ts'
import { judgedFunction, qualifierOf } from '../lookup.ts'
import { functionArn, namedFunction, scopeOfName } from '../names.ts'
import { execute } from './execution.ts'
import { tailOf } from './log-lines.ts'
import { answering, invoked, readClientContext, readPayload } from './target.ts'

export const invoke = operation(Invoke, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, {
      qualifier: input.Qualifier,
      action: 'lambda:InvokeFunction',
    }),
  provenance: 'recorded',
  refuses: ['DurableExecutionName', 'TenantId'],
  trail: { kind: 'data', readOnly: false },
  scope: scopeOfName,
  async run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    const found = invoked(ctx, named)
    const { InvocationType = 'RequestResponse', Payload } = input
    if (InvocationType === 'DryRun') return { StatusCode: 204, Payload: new Uint8Array() }
    const event = InvocationType === 'Event'
    const payload = readPayload(Payload, event)
    if (event) {
      enqueue(ctx, found, { qualifier: named.qualifier, payload, clientContext: undefined })
      return { StatusCode: 202, Payload: new Uint8Array() }
    }
    const version = answering(ctx, found)
    const clientContext = readClientContext(input.ClientContext)
    const { answer, events } = await execute(ctx, {
      fn: found.fn,
      version,
      invokedArn: functionArn(ctx, named),
      requestId: ctx.requestId,
      payload,
      ...(clientContext === undefined ? {} : { clientContext }),
    })
    return {
      StatusCode: 200,
      ExecutedVersion: qualifierOf(version.number),
      Payload: Buffer.from(answer.payload),
      ...(answer.failed ? { FunctionError: 'Unhandled' } : {}),
      ...(input.LogType === 'Tail' ? { LogResult: tailOf(events, tailBytesMax) } : {}),
    }
  },
})
