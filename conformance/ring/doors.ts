import type { OperationModel } from '@cloud-orrery/models'
import type { Case } from './cases.ts'
import { differenceOf, plainOf } from './round-trip.ts'
import type { Outcome, Sender } from './sender.ts'

/** Where the same request is read or answered differently over a socket than in the process; undefined: nowhere. */
export async function doorsDiffer(
  sender: Sender,
  operation: OperationModel,
  { input }: Case,
): Promise<string | undefined> {
  const inProcess = await sender.send(operation.name, input)
  if (!inProcess.sent) return undefined
  const overPort = await sender.sendOverPort(operation.name, input)
  return differenceOf(answerOf(operation, inProcess), answerOf(operation, overPort))
}

function answerOf({ input, output }: OperationModel, outcome: Outcome): unknown {
  const { entry, error } = outcome
  const { $metadata: _, ...answer } = outcome.output ?? {}
  return {
    // The length of an empty body is told on a socket only.
    read: plainOf(input, { ...(entry?.data['input'] ?? {}), ContentLength: undefined }, '', []),
    answer: plainOf(output, answer, '', []),
    error: error === undefined ? undefined : { name: error.name, message: error.message },
  }
}
