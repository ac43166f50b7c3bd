import { table } from '@cloud-orrery/kernel'
import type { Authorized } from '../http/api-call.ts'

/** An open connection of a WebSocket API. */
export interface ConnectionRecord {
  /** `L0SM9cOFvHcCIhw=` */
  readonly connectionId: string
  readonly apiId: string
  readonly stageName: string
  readonly accountId: string
  readonly region: string
  readonly domainName: string
  readonly sourceIp: string
  readonly userAgent: string
  readonly connectedAtMs: number
  readonly lastActiveAtMs: number
  /** What the authorizer of `$connect` found out: every later event has it. */
  readonly authorized: Authorized
  /** Tasks that would end it, by what `cancel` takes. */
  readonly idleTask: string
  readonly endTask: string
  /** Set when the service closes it: what `$disconnect` is told. */
  readonly closing?: { readonly code: number; readonly reason: string; readonly task: string }
}

export const connections = table<ConnectionRecord, 'api'>('apigatewayv2.connections', {
  key: (it) => it.connectionId,
  partition: 'cloud',
  indexes: { api: (it) => it.apiId },
})
