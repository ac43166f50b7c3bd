import { invariant } from '@cloud-orrery/kernel'
import type { Cloud } from '../cloud.ts'
import { operationNotModelled, parameterNotModelled } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/**
 * What isn't built is refused by name, before anything else looks at the call. An empty text names nothing: the
 * CDK writes `KmsKeyIdentifier: ''` for archives without a key of one's own. Where AWS takes none, validation
 * says so.
 */
export function refuseUnmodelled(_cloud: Cloud, exchange: Exchange): void {
  const { service, operationModel, handler } = exchange
  invariant(service !== undefined && operationModel !== undefined, 'a call has a service')
  if (handler === undefined) throw operationNotModelled(service.name, operationModel.name)
  if (handler.refuses === undefined) return
  const input = exchange.input as Record<string, unknown> // Inputs are structures.
  for (const name of handler.refuses) {
    if (input[name] === undefined || input[name] === '') continue
    throw parameterNotModelled(service.name, operationModel.name, name)
  }
}
