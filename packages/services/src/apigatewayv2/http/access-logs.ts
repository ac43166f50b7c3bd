import { AwsError } from '@cloud-orrery/models'
import { CreateLogStream, PutLogEvents } from '@cloud-orrery/models/logs'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { accessLogBytesMax } from '../limits.ts'
import { deliveryPrincipal } from '../log-delivery.ts'
import type { ApiCall } from './api-call.ts'
import { type AnswerFacts, contextValue } from './context-values.ts'

/** A line on its way to its log group. */
interface AccessLine {
  readonly groupArn: string
  readonly apiId: string
  readonly stageName: string
  readonly timestamp: number
  readonly message: string
}

/** Sends a line to the stage's log group, where it has one. A variable without a value is `-`. */
export function logAccess(call: ApiCall, answer: AnswerFacts): void {
  const { ctx, stage, served } = call
  const { DestinationArn: groupArn, Format: format } = stage.AccessLogSettings ?? {}
  if (groupArn === undefined || format === undefined) return
  const message = format
    .trimEnd()
    .replace(/\$context\.([A-Za-z0-9_.:-]*[A-Za-z0-9_])/g, (_, name: string) =>
      String(contextValue(call, name, answer) ?? '-'),
    )
    .slice(0, accessLogBytesMax)
  const { ApiId: apiId } = served.api
  const line = { groupArn, apiId, stageName: stage.StageName, timestamp: ctx.now(), message }
  ctx.after(0, writeLine, line)
}

export const writeLine = task<AccessLine>('apigatewayv2.write-access-log', {
  async run(ctx, { groupArn, apiId, stageName, timestamp, message }) {
    const logGroupName = groupArn.split(':')[6] ?? ''
    const logStreamName = `${apiId}_${stageName.replace('$', '')}`
    const { partition, region, accountId } = ctx
    const options = {
      as: deliveryPrincipal,
      sourceArn: `arn:${partition}:logs:${region}:${accountId}:delivery-source`,
      accountId,
    }
    const logEvents = [{ timestamp, message }]
    const put = () => ctx.call(PutLogEvents, { logGroupName, logStreamName, logEvents }, options)
    try {
      await put()
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      if (error.code !== 'ResourceNotFoundException') return lost(ctx, error, groupArn)
      try {
        await ctx.call(CreateLogStream, { logGroupName, logStreamName }, options)
        await put()
      } catch (again) {
        if (!(again instanceof AwsError)) throw again
        lost(ctx, again, groupArn)
      }
    }
  },
})

/** What cannot be delivered is lost, as on AWS. */
function lost(ctx: Context, { code }: AwsError, groupArn: string): void {
  ctx.record('event', 'apigatewayv2.log-lost', { groupArn, code })
}
