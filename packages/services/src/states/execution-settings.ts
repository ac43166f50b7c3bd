import type { JsonObject } from './asl/json.ts'
import type { Execution } from './executions/state.ts'
import type { Configuration } from './state.ts'

/** What an execution keeps of its machine's configuration. */
export interface ExecutionSettings {
  readonly logging: Configuration['logging']
  readonly tracing: boolean
  readonly encryption?: Configuration['encryption']
}

export function settingsOf({ logging, tracing, encryption }: Configuration): JsonObject {
  const { level, includeExecutionData, destinations } = logging
  return {
    logging: {
      level,
      includeExecutionData,
      ...(destinations === undefined ? {} : { destinations }),
    },
    tracing,
    ...(encryption === undefined ? {} : { encryption: { ...encryption } }),
  }
}

/** Reads back what `startOf` wrote. */
export function executionSettings({ settings }: Execution): ExecutionSettings {
  return settings as unknown as ExecutionSettings // Written by `settingsOf` alone.
}
