import type { Context } from '../../context.ts'
import { measure } from '../../shared/metrics.ts'
import type { ConnectionRecord } from './state.ts'

type Name = 'ConnectCount' | 'MessageCount' | 'IntegrationError' | 'ClientError' | 'ExecutionError'

/** Source: developer guide, "Monitor WebSocket API execution with CloudWatch metrics". */
export function measureSocket(ctx: Context, connection: ConnectionRecord, name: Name): void {
  const { apiId: ApiId, stageName: Stage } = connection
  const dimensions = { ApiId, Stage }
  measure(ctx, { namespace: 'AWS/ApiGateway', name, dimensions, value: 1, unit: 'Count' })
}
