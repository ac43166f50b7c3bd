import type { OperationModel } from '@cloud-orrery/models'
import type { Case } from './cases.ts'
import { differenceOf, plainOf } from './round-trip.ts'
import type { Outcome, Sender } from './sender.ts'

/** Where the same request is read or answered differently over a socket than in the process; undefined: nowhere. */
export async function doorsDiffer(
  sender: Sender,
  operation: OperationModel,
  { input: given }: Case,
): Promise<string | undefined> {
  const input = withToken(operation, given)
  const inProcess = await sender.send(operation.name, input)
  if (!inProcess.sent) return undefined
  const overPort = await sender.sendOverPort(operation.name, input)
  return differenceOf(answerOf(operation, inProcess), answerOf(operation, overPort))
}

/** The SDK makes up a token for each request: here both doors are given the same one. */
function withToken({ input }: OperationModel, given: Case['input']): Case['input'] {
  const token = Object.values(input.members ?? {}).find(({ idempotencyToken }) => idempotencyToken)
  const value = '00000000-0000-4000-8000-000000000000'
  return token === undefined ? given : { [token.name]: value, ...given }
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
