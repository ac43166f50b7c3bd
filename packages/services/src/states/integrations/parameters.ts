import { isObject, type Json, type JsonObject, textOf } from '../asl/json.ts'
import type { TaskOutcome, TaskRequest } from '../executions/contract.ts'

/** The parameters of a task as an object; others have none of the names that a call needs. */
export function parametersOf({ parameters }: TaskRequest): JsonObject {
  return isObject(parameters) ? parameters : {}
}

/** Text as it is; any other JSON value as its JSON text: how optimised integrations take a message. */
export function messageText(value: Json | undefined): string | undefined {
  return value === undefined || value === null || typeof value === 'string'
    ? (value ?? undefined)
    : textOf(value)
}

/**
 * The state's failure when its parameters can not be used.
 * Recorded: states, apigateway:invoke with wrong headers, 2023.
 */
export function wrongParameters(
  { stateName, parameters }: TaskRequest,
  problems: readonly string[],
): TaskOutcome {
  return {
    kind: 'failed',
    error: 'States.Runtime',
    cause: `An error occurred while executing the state '${stateName}'. The Parameters '${textOf(parameters)}' could not be used to start the Task: [${problems.join(', ')}]`,
  }
}

/** What became of a call: the state goes on, or waits for its token. */
export function answered({ resource }: TaskRequest, output: Json): TaskOutcome {
  const waits = resource.kind === 'service' && resource.pattern === 'waitForTaskToken'
  return waits ? { kind: 'pending', output } : { kind: 'done', output }
}
