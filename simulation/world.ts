import { type Cloud, call, createCloud } from '@cloud-orrery/cloud'
import { DurableCloud } from '@cloud-orrery/cloud/persistence'
import { canonicalJson } from '@cloud-orrery/kernel'
import { AwsError, type Operation } from '@cloud-orrery/models'
import type { Credentials } from '@cloud-orrery/services'
import type { Settings } from './settings.ts'
import { holds, Violation } from './violation.ts'

/** An account and a Region. */
export interface Place {
  readonly accountId: string
  readonly region: string
}

export const home: Place = { accountId: '123456789012', region: 'us-east-1' }
export const abroad: Place = { accountId: '111122223333', region: 'eu-west-1' }

/** The message of every armed fault: how it is told from a refusal of the cloud's own. */
export const faultMessage = 'Armed by the simulation.'

/** Codes that services give when a service that they asked failed. */
const secondHand =
  /KMS|Kms|cryptionFailure|Throttl|Unavailable|InternalError|InternalFailure|ServiceException/

export interface AttemptOptions extends Partial<Place> {
  readonly as?: Credentials | undefined
  /** Codes of refusals that are right here. */
  readonly refusals?: readonly string[]
  /** It may be answered later in model time, without any fault. */
  readonly waits?: boolean
}

/** What a call came to: an output, or the code of a refusal that was to be expected. */
export type Answer<O> =
  | { readonly output: O; readonly refusal?: undefined }
  | { readonly output?: undefined; readonly refusal: string; readonly isFault: boolean }

/** The cloud under test, whichever process or timeline it is in just now, and the way to talk to it. */
export class World {
  readonly settings: Settings
  cloud: Cloud
  /** Set where the cloud has a data directory. */
  durable: DurableCloud | undefined
  /** Tokens that were given out; each marks one thing that was sent. */
  readonly tokens = new Set<string>()
  /** How many faults were armed so far. */
  faultsArmed = 0
  /** A process ended while something was under way: functions may have run more often, or in vain. */
  isInterrupted = false
  calls = 0
  refusals = 0

  private constructor(settings: Settings, cloud: Cloud, durable: DurableCloud | undefined) {
    this.settings = settings
    this.cloud = cloud
    this.durable = durable
  }

  static async open(settings: Settings): Promise<World> {
    const { folder, cloud } = settings
    if (folder === undefined) return new World(settings, createCloud(cloud), undefined)
    const durable = await DurableCloud.open(folder, { cloud, framesMax: settings.framesMax })
    return new World(settings, durable.cloud, durable)
  }

  get nowMs(): number {
    return this.cloud.kernel.clock.nowMs
  }

  get isCalm(): boolean {
    return this.settings.cloud.choices === 'calm'
  }

  get hasFaults(): boolean {
    return this.cloud.kernel.faults.rules.length > 0
  }

  /** A fault that delays is armed: a call may wait for model time. */
  get isSlow(): boolean {
    return this.cloud.kernel.faults.rules.some(({ effect }) => effect.kind === 'delay')
  }

  token(name: string): string {
    const token = `tok-${name}-${this.tokens.size}.`
    this.tokens.add(token)
    return token
  }

  /** Makes a call that must succeed: of the preparation, and of checkers. */
  async done<I, O>(operation: Operation<I, O>, input: I, options: AttemptOptions = {}): Promise<O> {
    const { output, refusal } = await this.attempt(operation, input, options)
    if (refusal !== undefined) {
      throw new Violation('unexpected refusal', `${operation.name}: ${refusal}`)
    }
    return output
  }

  /** Makes a call. What is neither an answer nor a fault nor an expected refusal is a violation. */
  async attempt<I, O>(
    operation: Operation<I, O>,
    input: I,
    { as, refusals = [], waits, ...place }: AttemptOptions = {},
  ): Promise<Answer<O>> {
    this.calls += 1
    const mayFail = this.hasFaults
    const name = `${operation.service}.${operation.name}`
    try {
      const options = { ...home, ...place, ...(as === undefined ? {} : { credentials: as }) }
      return { output: await this.finished(call(this.cloud, operation, input, options), waits) }
    } catch (error) {
      if (!(error instanceof AwsError)) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
        throw new Violation('bug', `${name}: ${text}`)
      }
      this.refusals += 1
      const { code, message } = error
      const isFault = message.includes(faultMessage)
      const isExpected = refusals.some((refusal) => bare(refusal) === bare(code))
      if (isFault || isExpected || (mayFail && secondHand.test(code))) {
        return { refusal: code, isFault: isFault || !isExpected }
      }
      throw new Violation('unexpected refusal', `${name}: ${code}: ${message}`)
    }
  }

  /** Gives a call the model time that it waits for. */
  async finished<T>(promise: Promise<T>, waits = this.isSlow): Promise<T> {
    if (!waits) return await promise
    let isDone = false
    const done = (): void => {
      isDone = true
    }
    promise.then(done, done)
    for (let i = 0; i < 1000 && !isDone; ) {
      await this.cloud.settle()
      await new Promise((resolve) => setImmediate(resolve))
      const { waiting, runningCode } = this.cloud.kernel.scheduler
      // What is on the way to the disk needs no model time.
      if (isDone || (waiting.length === 0 && runningCode.length === 0)) continue
      await this.cloud.advance({ seconds: 1 })
      i += 1
    }
    holds(isDone, 'endless call', () => 'a call was not answered within 1,000 s of model time')
    return await promise
  }

  /** All tables as text, but for those whose name is among `except`. */
  tablesText(cloud = this.cloud, except: RegExp = /^$/): string {
    const { tables } = cloud.kernel.export()
    return canonicalJson(
      Object.fromEntries(Object.entries(tables).filter(([name]) => !except.test(name))),
    )
  }

  async close(): Promise<void> {
    if (this.durable === undefined) this.cloud.close()
    else await this.durable.close()
  }
}

/** Some models name the shape, others the code that AWS sends. */
function bare(code: string): string {
  return code.replace(/Exception$/, '')
}
