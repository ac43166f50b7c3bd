import { faultPrefix, invariant } from '@cloud-orrery/kernel'
import { type AwsError, awsError, commonError } from '@cloud-orrery/models'
import type { Cloud } from '../cloud.ts'
import type { Exchange } from '../exchange.ts'

/** Lets an armed fault strike at `service.Operation`: an error instead of an answer, or a delay before it. */
export function injectFault(cloud: Cloud, exchange: Exchange): void | Promise<void> {
  explore(cloud, exchange)
  if (cloud.kernel.faults.rules.length === 0) return
  const { service, operationModel, accountId, region, operationModel: operation } = exchange
  invariant(service !== undefined && operation !== undefined, 'a call has a service')
  const facts = { accountId, region, door: exchange.door }
  const rule = cloud.kernel.strike(`${service.name}.${operation.name}`, facts, exchange.entry)
  if (rule === undefined) return
  const { effect } = rule
  if (effect.kind === 'delay') {
    const { turn, entry: cause, signal, requestId } = exchange
    const untilMs = cloud.kernel.clock.nowMs + effect.delayMs
    const waiting = cloud.kernel.scheduler.wait(`fault:${requestId}`, untilMs, {
      turn,
      cause,
      signal,
    })
    return waiting.then(() => {})
  }
  if (effect.kind === 'drop') throw noAnswer()
  const modelled = operationModel?.errors.find(({ name }) => name === effect.code)?.error
  const status = effect.status ?? modelled?.status ?? (/Denied/.test(effect.code) ? 403 : 503)
  throw awsError(
    commonError(effect.code, status),
    effect.message ?? 'The service is unavailable. Please retry.',
  )
}

/** What may happen to any call that goes over a network: a search over seeds tries it where the user's code calls. */
const fates = ['answered', 'refused', 'done, and the answer lost'] as const

function explore(cloud: Cloud, exchange: Exchange): void {
  if (!cloud.kernel.exploresFaults || exchange.door !== 'code') return
  const { service, operationModel, entry } = exchange
  const site = `${faultPrefix}${service?.name}.${operationModel?.name}`
  const textOf = (option: number) => fates[option] ?? ''
  const fate = fates[cloud.kernel.choose(site, fates.length, entry, { textOf })]
  if (fate === 'refused') throw noAnswer()
  if (fate === 'done, and the answer lost') exchange.losesAnswer = true
}

/** The step after all others: what was done is done, but the caller does not learn of it. */
export function loseAnswer(_cloud: Cloud, exchange: Exchange): void {
  if (exchange.losesAnswer === true) throw noAnswer()
}

function noAnswer(): AwsError {
  return awsError(commonError('InternalFailure', 500), 'No answer came.')
}
