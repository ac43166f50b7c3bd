import { orderedKey, table } from '@cloud-orrery/kernel'
import type { Cors, FunctionUrlAuthType, InvokeMode } from '@cloud-orrery/models/lambda'

/** A function's own address. */
export interface FunctionUrlRecord {
  readonly functionName: string
  /** An alias; empty for the function itself. */
  readonly qualifier: string
  /** First label of the host. */
  readonly id: string
  readonly accountId: string
  readonly region: string
  readonly authType: FunctionUrlAuthType
  readonly invokeMode?: InvokeMode
  readonly cors?: Cors
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

export const functionUrls = table<FunctionUrlRecord>('lambda.function-urls', {
  key: (it) => orderedKey(it.functionName, it.qualifier),
  partition: 'region',
})

/** Where a host leads: names are unique in the whole cloud. */
export interface UrlHostRecord {
  readonly id: string
  readonly functionName: string
  readonly qualifier: string
  readonly accountId: string
  readonly region: string
}

export const urlHosts = table<UrlHostRecord>('lambda.url-hosts', {
  key: (it) => it.id,
  partition: 'cloud',
})
