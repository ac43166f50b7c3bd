import { AwsError } from '@cloud-orrery/models'
import type { Cloud } from './cloud.ts'
import type { Exchange } from './exchange.ts'
import { authenticate } from './steps/authenticate.ts'
import { authorize } from './steps/authorize.ts'
import { decode } from './steps/decode.ts'
import { injectFault, loseAnswer } from './steps/inject-fault.ts'
import { closeEntry, openEntry } from './steps/journal.ts'
import { locate } from './steps/locate.ts'
import { refuseUnmodelled } from './steps/refuse-unmodelled.ts'
import { route } from './steps/route.ts'
import { run } from './steps/run.ts'
import { throttle } from './steps/throttle.ts'
import { validate } from './steps/validate.ts'

/** One step: throws an AwsError to refuse, or fills in what it found. Asynchronous only where it has to wait. */
export type Step = (cloud: Cloud, exchange: Exchange) => void | Promise<void>

/**
 * From bytes to a call. Signatures are verified before bodies are read: AWS answers a bad signature
 * before it complains of a malformed body.
 */
export const wireSteps: readonly Step[] = [route, authenticate, decode]

/** What every call goes through, whoever makes it: an SDK, a shell, a stack, a service, a function. */
export const callSteps: readonly Step[] = [
  refuseUnmodelled,
  locate,
  injectFault,
  validate,
  authorize,
  throttle,
  run,
  loseAnswer,
]

/** For services that look at permissions before the shape of the input. */
export const authorizeFirstSteps: readonly Step[] = [
  refuseUnmodelled,
  locate,
  injectFault,
  authorize,
  validate,
  throttle,
  run,
  loseAnswer,
]

/** Reads a request from a door. False when it was refused; `exchange.error` then says why. */
export function readRequest(cloud: Cloud, exchange: Exchange): boolean | Promise<boolean> {
  return takeSteps(cloud, exchange, wireSteps)
}

/**
 * Makes the call. Either `exchange.output` or `exchange.error` is set afterwards. Nearly all calls end at
 * once; those that wait for something give a promise.
 */
export function makeCall(cloud: Cloud, exchange: Exchange): void | Promise<void> {
  openEntry(cloud, exchange)
  const steps = exchange.service?.first === 'authorize' ? authorizeFirstSteps : callSteps
  let taken: boolean | Promise<boolean>
  try {
    taken = takeSteps(cloud, exchange, steps)
  } catch (error) {
    closeEntry(cloud, exchange)
    throw error
  }
  if (taken instanceof Promise) {
    return taken.then(() => {}).finally(() => closeEntry(cloud, exchange))
  }
  closeEntry(cloud, exchange)
}

function takeSteps(
  cloud: Cloud,
  exchange: Exchange,
  steps: readonly Step[],
): boolean | Promise<boolean> {
  try {
    let taken = 0
    for (const step of steps) {
      taken += 1
      const pending = step(cloud, exchange)
      if (pending !== undefined) return takeRest(cloud, exchange, steps.slice(taken), pending)
    }
    return true
  } catch (error) {
    return refuse(exchange, error)
  }
}

async function takeRest(
  cloud: Cloud,
  exchange: Exchange,
  steps: readonly Step[],
  first: Promise<void>,
): Promise<boolean> {
  try {
    await first
    for (const step of steps) {
      const pending = step(cloud, exchange)
      if (pending !== undefined) await pending
    }
    return true
  } catch (error) {
    return refuse(exchange, error)
  }
}

/** Only what AWS would answer is an answer; anything else is a bug of ours. */
function refuse(exchange: Exchange, error: unknown): false {
  if (!(error instanceof AwsError)) throw error
  exchange.error = error
  return false
}
