import type { Protocol } from '@cloud-orrery/models'
import type { Exchange } from './exchange.ts'

/** The protocol in which a refusal is worded: the request's, or for internal calls the service's first. */
export function protocolOfExchange(exchange: Exchange): Protocol {
  return exchange.resolved?.protocol ?? exchange.model?.protocols[0] ?? 'awsJson1_1'
}
