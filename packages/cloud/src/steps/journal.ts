import { invariant } from '@cloud-orrery/kernel'
import { type Caller, notModelledCode } from '@cloud-orrery/services'
import type { Cloud } from '../cloud.ts'
import type { Exchange } from '../exchange.ts'
import { rememberJudgements } from '../judgements.ts'
import { hidden } from '../shown-entries.ts'

/** Opens the call's journal entry, so that what it causes can name it. */
export function openEntry(cloud: Cloud, exchange: Exchange): void {
  const { service, operationModel, caller } = exchange
  invariant(service !== undefined && operationModel !== undefined, 'a call has a service')
  exchange.entry = cloud.kernel.journal.open({
    atMs: cloud.kernel.clock.nowMs,
    kind: 'call',
    name: `${service.name}.${operationModel.name}`,
    cause: exchange.cause?.sequence,
    entered: exchange.door !== 'internal',
    accountId: exchange.accountId,
    region: exchange.region,
    data: {
      requestId: exchange.requestId,
      door: exchange.door,
      caller,
      input: exchange.input,
      ...(exchange.sourceArn === undefined ? {} : { sourceArn: exchange.sourceArn }),
    },
  })
}

/** Completes it with the answer, the decisions and how well the answer is known. */
export function closeEntry(cloud: Cloud, exchange: Exchange): void {
  const { entry, error, handler, decisions } = exchange
  invariant(entry !== undefined, 'a call has an entry')
  const { data } = entry
  if (error === undefined) data['output'] = withoutSecrets(exchange)
  else data['error'] = { code: error.code, message: error.message, status: error.status }
  data['provenance'] =
    handler === undefined || error?.code === notModelledCode ? 'refused' : handler.provenance
  if (handler?.trail !== undefined) data['trail'] = handler.trail
  if (exchange.accountId !== entry.accountId || exchange.region !== entry.region) {
    data['scope'] = { accountId: exchange.accountId, region: exchange.region }
  }
  if (decisions.length > 0) {
    data['decisions'] = decisions.map(({ noted }) => noted)
    rememberJudgements(entry, decisions)
  }
  cloud.kernel.journal.close(entry)
}

/** The answer as the journal keeps it: no data key, no decrypted text. Replays don't need them. */
function withoutSecrets({ handler, output }: Exchange): unknown {
  const secret = handler?.secretOutput
  if (secret === undefined || typeof output !== 'object' || output === null) return output
  if (typeof secret === 'function') return secret(output)
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => [name, secret.includes(name) ? hidden : value]),
  )
}

/** ARN of a caller, for people. */
export function callerName(caller: Caller | undefined): string {
  if (caller === undefined) return 'unknown'
  const { principal } = caller
  switch (principal.kind) {
    case 'service':
      return principal.service
    case 'anonymous':
      return 'anonymous'
    case 'federated':
      return principal.provider
    default:
      return principal.arn
  }
}
