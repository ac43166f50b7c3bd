import { invariant } from '@cloud-orrery/kernel'
import { validateInput, validationMessage } from '@cloud-orrery/models'
import type { Cloud } from '../cloud.ts'
import { invalidInput } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import { protocolOfExchange } from '../protocol-of-exchange.ts'

/** Checks the input against the model: required, length, range, pattern, enum, in AWS's words. */
export function validate(_cloud: Cloud, exchange: Exchange): void {
  const { service, operationModel } = exchange
  invariant(service !== undefined && operationModel !== undefined, 'a call has a service')
  const violations = validateInput(operationModel, exchange.input)
  if (violations.length === 0) return
  const message = validationMessage(violations)
  const refuse = service.errors?.invalidInput
  throw refuse === undefined
    ? invalidInput(protocolOfExchange(exchange), message)
    : refuse(message, violations)
}
