import { invariant } from '@cloud-orrery/kernel'
import { validateInput, validationMessage } from '@cloud-orrery/models'
import type { Cloud } from '../cloud.ts'
import { invalidInput, wordingOf } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** Checks the input against the model: required, length, range, pattern, enum, in AWS's words. */
export function validate(_cloud: Cloud, exchange: Exchange): void {
  const { service, operationModel, ctx } = exchange
  invariant(
    service !== undefined && operationModel !== undefined && ctx !== undefined,
    'a located call has a context',
  )
  const violations = validateInput(operationModel, exchange.input)
  if (violations.length === 0) return
  const message = validationMessage(violations)
  const refuse = service.errors?.invalidInput
  if (refuse === undefined) throw invalidInput(wordingOf(exchange), message)
  const error = refuse(message, violations, { operation: operationModel.name, ctx })
  if (error !== undefined) throw error
}
