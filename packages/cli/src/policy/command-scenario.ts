import { randomBytes } from 'node:crypto'
import {
  type Assembly,
  type Cloud,
  type CloudOptions,
  createCloud,
  type DeployedStack,
  deploy,
  destroy,
  inProcessTarget,
  listen,
  type Observation,
  observe,
  type PolicyTrial,
  type TrialResult,
} from '@cloud-orrery/cloud'
import { type ClockMode, SimulatorError } from '@cloud-orrery/kernel'
import { administratorCredentials } from '@cloud-orrery/services'
import { removeServerFile, writeServerFile } from '../server-file.ts'
import { type ProbeCommand, runProbe } from './probe-command.ts'
import { refusalWatch, type Scenario, trialResult } from './scenario.ts'

export interface CommandRun {
  /** What is deployed before the command runs; absent: the command does it all. */
  readonly assembly?: Assembly
  readonly parameters: Readonly<Record<string, string>>
  /** A program with its arguments, or one line for the shell. */
  readonly command: readonly string[] | string
  readonly cwd: string
  /** How model time runs while the command does. */
  readonly clock: ClockMode
  readonly seed: number
  /** Whether the stacks are deleted afterwards: custom resources need permissions for that too. */
  readonly destroy: boolean
  /** Whether a refusal that the command does not notice counts as a failure. */
  readonly strict: boolean
  /** Where the command's output goes in the first run; later ones are quiet. */
  readonly onOutput: (text: string) => void
}

/** Real time that a command gets under a trial: so many times what it took before, and at least this, in ms. */
const slownessMax = 5
const limitMsMin = 60_000

interface Deployed {
  readonly cloud: Cloud
  readonly stacks: readonly DeployedStack[]
}

/** Deploys, and runs a command against a port of a fork: exit code 0 means that all is well. */
export async function commandScenario(run: CommandRun): Promise<Scenario> {
  const base = await deployed(run)
  const deployedAt = base.cloud.kernel.journal.lastSequence
  const observations: Observation[] = [...observe(base.cloud)]
  const fork = base.cloud.fork({ clock: run.clock })
  const startedAt = performance.now()
  const failure = await runAt(fork, base.stacks, run, { onOutput: run.onOutput })
  // A command that waits for what never comes under a trial has failed.
  const limitMs = Math.ceil(Math.max(limitMsMin, (performance.now() - startedAt) * slownessMax))
  observations.push(...observe(fork, deployedAt))
  const judging = { before: observations, strict: run.strict }

  const tryOut = async (trial: PolicyTrial, fresh: boolean): Promise<TrialResult> => {
    let tried: Deployed | undefined
    try {
      if (fresh) tried = await deployed(run, trial)
      const cloud = (tried?.cloud ?? base.cloud).fork({ clock: run.clock, trial })
      const signal = refusalWatch(cloud, trial, judging)
      const why = await runAt(cloud, tried?.stacks ?? base.stacks, run, { limitMs, signal })
      return trialResult(why, trial, [{ cloud, afterSequence: fresh ? 0 : deployedAt }], judging)
    } catch (error) {
      if (!(error instanceof DeploymentFailed)) throw error
      return trialResult(error.message, trial, [{ cloud: error.cloud, afterSequence: 0 }], judging)
    } finally {
      tried?.cloud.close()
    }
  }
  return {
    // A command that deploys by itself leaves its stacks in the fork.
    cloud: run.assembly === undefined ? fork : base.cloud,
    stacks: base.stacks.map(({ stackName }) => stackName),
    deployedAt,
    observations,
    ...(failure === undefined ? {} : { failure }),
    tryOut,
    close() {
      fork.close()
      base.cloud.close()
    },
  }
}

/** A stack did not complete; its cloud can still be read. */
class DeploymentFailed extends SimulatorError {
  readonly cloud: Cloud

  constructor(message: string, cloud: Cloud) {
    super('DeploymentFailed', message, "Deploy it with 'orrery deploy' and look at its events.")
    this.cloud = cloud
  }
}

async function deployed(run: CommandRun, trial?: PolicyTrial): Promise<Deployed> {
  const options: CloudOptions = {
    seed: run.seed,
    // Clients that sign by the machine's clock are refused where model time is far from it.
    ...(run.clock.kind === 'real' ? { startAtMs: Date.now() } : {}),
    ...(trial === undefined ? {} : { trial }),
  }
  const cloud = createCloud(options)
  if (run.assembly === undefined) return { cloud, stacks: [] }
  const { parameters } = run
  const failures: string[] = []
  const stacks = await deploy(inProcessTarget(cloud), run.assembly, {
    parameters,
    onProgress: ({ status, logicalId, reason }) => {
      if (status.endsWith('_FAILED')) failures.push(`${logicalId}: ${reason}`)
    },
  })
  const failed = stacks.find(({ status }) => status !== 'CREATE_COMPLETE')
  if (failed !== undefined) {
    cloud.close()
    const why = failures.length === 0 ? '' : `: ${failures[0]}`
    throw new DeploymentFailed(`stack ${failed.stackName} came to ${failed.status}${why}`, cloud)
  }
  return { cloud, stacks }
}

/** Serves a cloud on a free port while the command runs. What failed, if anything. */
async function runAt(
  cloud: Cloud,
  stacks: readonly DeployedStack[],
  run: CommandRun,
  probe: Partial<Pick<ProbeCommand, 'onOutput' | 'limitMs' | 'signal'>>,
): Promise<string | undefined> {
  const token = randomBytes(24).toString('base64url')
  const server = await listen(cloud, { port: 0, token })
  const { defaultAccountId: accountId, defaultRegion: region } = cloud
  const { port, url } = server
  writeServerFile({ port, url, token, region, accountId, pid: process.pid })
  const keys = administratorCredentials(accountId)
  const outputs = Object.fromEntries(stacks.map((stack) => [stack.stackName, stack.outputs]))
  try {
    const variables = {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      ORRERY_PORT: String(port),
      ORRERY_OUTPUTS: JSON.stringify(outputs),
    }
    const { command, cwd } = run
    const ended = await runProbe({ command, cwd, variables, onOutput: () => {}, ...probe })
    // What the command set off and did not wait for belongs to the run.
    await cloud.settle()
    return ended === undefined && run.destroy ? await destroyed(cloud, stacks) : ended
  } finally {
    removeServerFile(port)
    await server.close()
  }
}

/** Deletes the stacks, the last one first. What failed, if anything. */
async function destroyed(
  cloud: Cloud,
  stacks: readonly DeployedStack[],
): Promise<string | undefined> {
  for (const { stackName } of stacks.toReversed()) {
    const failures: string[] = []
    const status = await destroy(inProcessTarget(cloud), stackName, {
      onProgress: ({ status, logicalId, reason }) => {
        if (status.endsWith('_FAILED')) failures.push(`${logicalId}: ${reason}`)
      },
    })
    const [why = 'see its events'] = failures
    if (status !== 'DELETE_COMPLETE') return `deleting ${stackName} came to ${status}: ${why}`
  }
  return undefined
}
