import {
  AwsLogsLogStream,
  CreateLogStream,
  DeleteLogStream,
  DescribeLogStreams,
} from '@cloud-orrery/models/logs'
import { resource } from '../../define.ts'

/** Recorded: cloudformation, test_logstream: `Ref` is the stream's name. */
export const logStreamType = resource(AwsLogsLogStream, {
  async create(ctx, { LogGroupName: logGroupName, LogStreamName }) {
    const logStreamName = LogStreamName ?? ctx.physicalName({ lengthMax: 512 })
    await ctx.call(CreateLogStream, { logGroupName, logStreamName })
    return { physicalId: logStreamName }
  },
  async delete(ctx, { physicalId: logStreamName = '' }, { LogGroupName: logGroupName }) {
    await ctx.call(DeleteLogStream, { logGroupName, logStreamName })
  },
  async read(ctx, { physicalId = '' }, { LogGroupName: logGroupName }) {
    const { logStreams = [] } = await ctx.call(DescribeLogStreams, {
      logGroupName,
      logStreamNamePrefix: physicalId,
    })
    const found = logStreams.some(({ logStreamName }) => logStreamName === physicalId)
    return found ? { LogGroupName: logGroupName, LogStreamName: physicalId } : undefined
  },
})
