import {
  type Assembly,
  type CallOptions,
  type ClientOptions,
  type Cloud,
  type CloudOptions,
  call,
  client,
  createCloud,
  type DeployedStack,
  type DeployOptions,
  deploy,
  destroy,
  type FetchOptions,
  fetchFromCloud,
  type InternetHost,
  inProcessTarget,
  type Recording,
  readAssembly,
  record,
  replay,
  type StackSource,
} from '@cloud-orrery/cloud'
import { type Duration, durationMs, type FaultOptions } from '@cloud-orrery/kernel'
import type { Operation } from '@cloud-orrery/models'
import { type Credentials, type Mail, mailbox } from '@cloud-orrery/services'
import { Fidelity } from './fidelity.ts'
import { JournalView } from './journal-view.ts'
import { PoliciesView } from './policies-view.ts'
import { retryAtOnce } from './sdk-retries.ts'

export { matchers, type OrreryMatchers } from './matchers.ts'

/** A client class of the AWS SDK for JavaScript v3. */
type ClientClass<C> = new (config: never) => C

/** A fault that is armed until `end` is called. */
export interface ArmedFault {
  readonly id: string
  end(): void
}

export interface FaultSpecification extends FaultOptions {
  /** The error's code. */
  error: string
  message?: string
  status?: number
}

/** What SES lets an account send in a region. What is left out stays as it is. */
export interface SendingLimits {
  /** Recipients a second. */
  maxSendRate?: number
  /** Recipients in any 24 hours; -1: no limit. */
  max24HourSend?: number
  /** False: in the sandbox, where recipients must be verified too. */
  productionAccess?: boolean
  accountId?: string
  region?: string
}

async function setSendingLimits(
  cloud: Cloud,
  accountId: string,
  region: string,
  limits: Omit<SendingLimits, 'accountId' | 'region'>,
): Promise<void> {
  const url = `https://sending-limits.${region}.orrery/?account=${accountId}`
  const answer = await fetchFromCloud(cloud, url, { method: 'PUT', body: JSON.stringify(limits) })
  if (!answer.ok) throw new Error(`The limits were not set: ${await answer.text()}`)
}

/** What a test holds in its hand: one fresh cloud and the levers of its time, its faults and its journal. */
export class Aws {
  readonly cloud: Cloud
  readonly journal: JournalView
  readonly fidelity: Fidelity
  readonly policies: PoliciesView
  /** Programs outside this process that took part, with their versions: when they ask for what is theirs to decide. */
  readonly engines = new Set<string>()

  constructor(cloud: Cloud) {
    this.cloud = cloud
    this.journal = new JournalView(cloud)
    this.fidelity = new Fidelity(cloud)
    this.policies = new PoliciesView(cloud)
  }

  get accountId(): string {
    return this.cloud.defaultAccountId
  }

  get region(): string {
    return this.cloud.defaultRegion
  }

  /** `aws.client(SQSClient)`; `{ accountId, region, credentials }` for someone else's. Its retries come at once. */
  client<C>(Client: ClientClass<C>, options?: ClientOptions): C {
    return retryAtOnce(client(this.cloud, Client, options))
  }

  /** Credentials of an account's administrator. */
  credentials(accountId?: string): Credentials {
    return this.cloud.credentials(accountId)
  }

  readonly clock = {
    /** Model time, ms since 1970. */
    now: (): number => this.cloud.kernel.clock.nowMs,
    date: (): Date => new Date(this.cloud.kernel.clock.nowMs),
    /** Moves time; every task on the way runs at its own moment. */
    advance: (by: Duration | number): Promise<void> => this.cloud.advance(by),
    /** Runs what is due now, and what follows from it. */
    settle: (): Promise<void> => this.cloud.settle(),
    /** From task to task until `done` holds. Throws when it does not within the given time. */
    advanceUntil: async (done: () => boolean, within: Duration | number = { days: 1 }) => {
      const withinMs = durationMs(within)
      if (await this.cloud.kernel.scheduler.advanceUntil(done, withinMs)) return
      throw new Error(
        `It did not happen within ${withinMs} ms of model time (seed ${this.cloud.seed}).`,
      )
    },
  }

  readonly faults = {
    /** Lets calls of an operation fail until ended: `aws.faults.fail(Publish, { error: 'InternalError' })`. */
    fail: (
      site: Operation | string,
      { error, message, status, ...options }: FaultSpecification,
    ): ArmedFault =>
      this.#armed(
        this.cloud.armFault(
          siteOf(site),
          {
            kind: 'error',
            code: error,
            ...(message === undefined ? {} : { message }),
            ...(status === undefined ? {} : { status }),
          },
          options,
        ),
      ),
    /** Lets calls of an operation be answered late. */
    delay: (site: Operation | string, delayMs: number, options: FaultOptions = {}): ArmedFault =>
      this.#armed(this.cloud.armFault(siteOf(site), { kind: 'delay', delayMs }, options)),
  }

  readonly mailbox = {
    /** Every mail that left the cloud, oldest first. */
    all: (): Mail[] => mailbox.all(this.cloud.scope('', '')),
    to: (address: string): Mail[] => mailbox.to(this.cloud.scope('', ''), address),
    /** Follows a link of a mail as its reader would. */
    follow: (link: string): Promise<Response> => fetchFromCloud(this.cloud, link),
    /** Sets what an account may send by SES, which AWS sets by Service Quotas and support cases. */
    setSendingLimits: ({
      accountId = this.accountId,
      region = this.region,
      ...limits
    }: SendingLimits) => setSendingLimits(this.cloud, accountId, region, limits),
  }

  readonly internet = {
    /** Answers HTTP requests that the cloud sends to a host outside. */
    host: (name: string, answer: InternetHost): void => void this.cloud.internet.set(name, answer),
  }

  /** One API call without an SDK: `aws.call(DescribeStacks, {})`. Throws `AwsError`. */
  call<I, O>(operation: Operation<I, O>, input: I, options?: CallOptions): Promise<O> {
    return call(this.cloud, operation, input, options)
  }

  /** A plain HTTP request by true name, unsigned unless credentials are given. */
  fetch(url: string, options?: FetchOptions): Promise<Response> {
    return fetchFromCloud(this.cloud, url, options)
  }

  /**
   * Deploys a template object, a template's or assembly's path, a CDK app's folder, or a CDK `App`.
   * Throws unless every stack completes.
   */
  async deploy(
    source: string | Deployable | object,
    options: DeployOptions & { stackName?: string } = {},
  ): Promise<DeployedStack> {
    const stacks = await this.tryDeploy(source, options)
    const failed = stacks.find(({ status }) => !/^(CREATE|UPDATE)_COMPLETE$/.test(status))
    const last = stacks.at(-1)
    if (last === undefined) throw new Error('There was no stack to deploy.')
    if (failed !== undefined) {
      throw new Error(
        `Stack ${failed.stackName} came to ${failed.status}:\n${this.journal.failures(failed.stackId)}`,
      )
    }
    return last
  }

  /** As `deploy`, but gives back what a stack came to instead of throwing. */
  async tryDeploy(
    source: string | Deployable | object,
    options: DeployOptions & { stackName?: string } = {},
  ): Promise<DeployedStack[]> {
    const { stackName, ...rest } = options
    return await deploy(inProcessTarget(this.cloud), assemblyOf(source, stackName), rest)
  }

  /** Deletes a stack; its last status. */
  destroy(
    stackName: string,
    options: Pick<ClientOptions, 'accountId' | 'region'> = {},
  ): Promise<string> {
    return destroy(inProcessTarget(this.cloud), stackName, options)
  }

  /** ARNs of everything that is there, in all accounts and regions, sorted. */
  inventory(): string[] {
    return this.cloud.inventory()
  }

  /** A second timeline from here; `choices`: what happens there where that is left open. */
  fork(options: Pick<CloudOptions, 'choices'> = {}): Aws {
    return new Aws(this.cloud.fork(options))
  }

  /** What entered so far: enough to have this run again. Plain data, to keep as a file. */
  record(): Recording {
    return record(this.cloud)
  }

  /** Has a recorded run again, to its end; from there it goes on as any other. */
  static async replay(recording: Recording): Promise<Aws> {
    return new Aws(await replay(recording))
  }

  #armed(id: string): ArmedFault {
    return { id, end: () => this.cloud.endFault(id) }
  }
}

/** A CDK `App` or stage: anything that can be synthesised to a folder. */
export interface Deployable {
  synth(): { directory: string }
}

/** A fresh cloud for one test. Records are frozen all the way down, so that no handler changes what it stored. */
export function createAws(options: CloudOptions = {}): Aws {
  return new Aws(createCloud({ deepFreeze: true, ...options }))
}

function assemblyOf(source: string | Deployable | object, stackName?: string): Assembly {
  const naming = stackName === undefined ? {} : { stackName }
  if (typeof source === 'string') return readAssembly(source, naming)
  if (isDeployable(source)) return readAssembly(source.synth().directory)
  const stack: StackSource = {
    stackName: stackName ?? 'test-stack',
    template: JSON.stringify(source),
    parameters: {},
    tags: {},
    assets: [],
    bootstrapped: false,
  }
  return { stacks: [stack] }
}

function isDeployable(source: object): source is Deployable {
  return 'synth' in source && typeof source.synth === 'function'
}

function siteOf(site: Operation | string): string {
  return typeof site === 'string' ? site : `${site.service}.${site.name}`
}
