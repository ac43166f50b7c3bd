import { SendTaskFailure, SendTaskHeartbeat, SendTaskSuccess } from '@cloud-orrery/models/states'
import { operation } from '../define.ts'
import { parsedJson } from './asl/json.ts'
import { engine } from './engine.ts'
import { invalidOutput, invalidToken, taskMissing, taskTimedOut } from './errors.ts'
import type { TokenAnswer } from './executions/contract.ts'
import { jsonProblem } from './json-problem.ts'

export const sendTaskSuccess = operation(SendTaskSuccess, {
  authorize: () => '*',
  provenance: 'recorded',
  // A token opens a task: the journal has it as AWS's trail has it, not at all.
  run(ctx, { taskToken, output }) {
    const value = parsedJson(output)
    if (value === undefined) throw invalidOutput(jsonProblem(output) ?? 'Invalid output.')
    check(engine.taskSucceeded(ctx, taskToken, value), taskToken)
    return {}
  },
})

export const sendTaskFailure = operation(SendTaskFailure, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, { taskToken, error, cause }) {
    check(engine.taskFailed(ctx, taskToken, error, cause), taskToken)
    return {}
  },
})

export const sendTaskHeartbeat = operation(SendTaskHeartbeat, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, { taskToken }) {
    check(engine.taskHeartbeat(ctx, taskToken), taskToken)
    return {}
  },
})

function check(answer: TokenAnswer, token: string): void {
  if (answer === 'expired') throw taskTimedOut()
  if (answer !== 'unknown') return
  // Tokens are Base64; what can be none is refused as a token. Observed on AWS: states, SendTaskSuccess.
  throw /^[A-Za-z0-9+/=]{100,}$/.test(token) ? taskMissing() : invalidToken()
}
