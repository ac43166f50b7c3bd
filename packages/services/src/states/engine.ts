import { deliverLogs } from './execution-logs.ts'
import { createEngine } from './executions/engine.ts'
import { integrationOf } from './integrations/integrations.ts'
import { statusChanged } from './status-changes.ts'

/** The interpreter, in its surroundings. */
export const engine = createEngine({
  integration: integrationOf,
  statusChanged,
  historyWritten: deliverLogs,
})
