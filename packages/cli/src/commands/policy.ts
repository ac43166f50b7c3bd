import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  coverageOf,
  type GrantCoverage,
  heldPolicies,
  type PrincipalReport,
  type Proof,
  principalReports,
  readAssembly,
} from '@cloud-orrery/cloud'
import { type Command, type Io, UsageError } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import {
  atMost,
  clockModeOf,
  countOf,
  jsonOption,
  pairsOf,
  portOf,
  portOption,
} from '../options.ts'
import { commandScenario } from '../policy/command-scenario.ts'
import { printCoverage, printProof, printReport, printRow } from '../policy/policy-text.ts'
import { type Proved, provePrincipal } from '../policy/principal-proof.ts'
import { recordingScenario } from '../policy/recording-scenario.ts'
import type { Scenario } from '../policy/scenario.ts'
import { systemScenario } from '../policy/system-scenario.ts'
import { findSystem } from '../systems.ts'

export const command: Command = {
  summary: 'Show the least policy of a role, prove it, or what of its policies is used.',
  usage: `orrery policy [PRINCIPAL] [OPTIONS] [-- COMMAND ...]
  PRINCIPAL        a role's or user's name or ARN, a session's ARN, a logical id of the
                   stack; default: every role and user of the stacks
  where the run comes from:
  (nothing)        the journal of the running cloud
  --system N       a system: set up, and each of its promises shown
  --recording FILE a recording, replayed: nobody is refused who was not refused in it
  --app PATH       a template, cdk.out or CDK app, deployed into a fresh cloud
  --probe LINE     then, or alone, a line for the shell that ends with 0 when all is
                   well; or a program and its arguments after --. It finds the cloud by
                   AWS_ENDPOINT_URL, ORRERY_PORT, and outputs in ORRERY_OUTPUTS (JSON)
  --destroy        after the probe, delete the stacks of --app: custom resources work then
  --clock MODE     how time runs for the probe: real (default), held, fast=N or skip
  --seed N         from which all chance comes (default 1)
  --parameter K=V  for --app; may be repeated
  what is shown:
  --stack NAME     only what this stack made; may be repeated
  --template       references to the stack's resources in place of their names
  --exact          no wildcard, even where the present policy has one
  --objects N      more distinct objects of one folder than N become its /* (default 10)
  --conditions     conditions on what had one value in every call (tags, source ARNs)
  --prove          has the run again: it passes with the policy in place of the present
                   ones, and fails without any one statement, or any one action
  --prune          with --prove: leaves out what turns out not to be needed
  --strict         with --prove: a refusal that nothing notices (a log that is not written)
                   is a failure too
  --coverage       instead: statements of the policies that are there, used or not
  --port N, --json`,
  run: policy,
}

const options = {
  ...portOption,
  ...jsonOption,
  system: { type: 'string' },
  recording: { type: 'string' },
  app: { type: 'string' },
  probe: { type: 'string' },
  clock: { type: 'string' },
  seed: { type: 'string' },
  parameter: { type: 'string', multiple: true },
  destroy: { type: 'boolean' },
  stack: { type: 'string', multiple: true },
  template: { type: 'boolean' },
  exact: { type: 'boolean' },
  objects: { type: 'string' },
  conditions: { type: 'boolean' },
  prove: { type: 'boolean' },
  prune: { type: 'boolean' },
  strict: { type: 'boolean' },
  coverage: { type: 'boolean' },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

async function policy(args: string[], io: Io): Promise<number> {
  const split = args.indexOf('--')
  const program = split === -1 ? [] : args.slice(split + 1)
  const { values, positionals } = parseArgs({
    args: split === -1 ? args : args.slice(0, split),
    options,
    allowPositionals: true,
  })
  atMost(1, positionals)
  if (values.probe !== undefined && program.length > 0) {
    throw new UsageError('The probe is given twice.', 'Use --probe, or a program after --.')
  }
  if ((values.prune === true || values.strict === true) && values.prove !== true) {
    throw new UsageError('--prune and --strict are about a proof.', 'Add --prove.')
  }
  const source = await sourceOf(values, program, io)
  try {
    if (values.coverage === true) return await showCoverage(source, values, io)
    return await showPolicies(source, positionals[0], values, io)
  } finally {
    if (!(source instanceof ControlClient)) source.close()
  }
}

/** A scenario that runs here, or the server whose journal is read. */
async function sourceOf(
  values: Values,
  program: readonly string[],
  io: Io,
): Promise<Scenario | ControlClient> {
  const seed = countOf(values.seed, '--seed') ?? 1
  const line = values.probe ?? (program.length > 0 ? program : undefined)
  const { system, recording } = values
  if (system !== undefined || recording !== undefined) {
    const both = system !== undefined && recording !== undefined
    if (both || values.app !== undefined || line !== undefined) {
      throw new UsageError(
        'A system and a recording are whole runs by themselves.',
        'Give one of them, and leave --app and the probe out.',
      )
    }
    return recording === undefined
      ? await systemScenario(findSystem(io.cwd, system ?? ''), seed, values.strict === true)
      : await recordingScenario(resolve(io.cwd, recording))
  }
  if (line === undefined) {
    if (values.app === undefined) return new ControlClient(portOf(values.port))
    throw new UsageError('Nothing uses the app.', "Add --probe 'npm test' or a program after --.")
  }
  return await commandScenario({
    ...(values.app === undefined ? {} : { assembly: readAssembly(resolve(io.cwd, values.app)) }),
    parameters: pairsOf(values.parameter, '--parameter'),
    command: line,
    cwd: io.cwd,
    clock: clockModeOf(values.clock),
    seed,
    strict: values.strict === true,
    destroy: values.destroy === true,
    onOutput: values.json === true ? () => {} : (text) => io.err(text),
  })
}

async function showCoverage(
  source: Scenario | ControlClient,
  values: Values,
  io: Io,
): Promise<number> {
  const stacks = values.stack
  let coverage: GrantCoverage
  if (source instanceof ControlClient) {
    // The control answer of this path has this shape.
    coverage = (await source.post('policy/coverage', { stacks })) as GrantCoverage
  } else {
    if (source.failure !== undefined) throw failed(source.failure)
    const held = heldPolicies(source.cloud, { stacks: stacks ?? source.stacks })
    coverage = coverageOf(held, source.observations)
  }
  if (values.json === true) io.out(`${JSON.stringify(coverage)}\n`)
  else printCoverage(coverage, io)
  return 0
}

async function showPolicies(
  source: Scenario | ControlClient,
  principal: string | undefined,
  values: Values,
  io: Io,
): Promise<number> {
  const objectsMax = countOf(values.objects, '--objects', 1)
  const question = {
    ...(principal === undefined ? {} : { principal }),
    ...(values.stack === undefined ? {} : { stacks: values.stack }),
    template: values.template === true,
    exact: values.exact === true,
    narrowing: values.conditions === true,
    ...(objectsMax === undefined ? {} : { objectsMax }),
  }
  if (!(source instanceof ControlClient) && source.failure !== undefined) {
    throw failed(source.failure)
  }
  const reports =
    source instanceof ControlClient
      ? // The control answer of this path has this shape.
        ((await source.post('policy', question)) as { principals: PrincipalReport[] }).principals
      : principalReports(
          source.cloud,
          { ...question, ...stacksOf(source, values) },
          source.observations,
        )
  const proved: (Proved | undefined)[] = []
  for (const report of reports) {
    if (values.json !== true) printReport(report, io)
    proved.push(values.prove === true ? await proofOf(source, report, values, io) : undefined)
  }
  if (values.json === true) {
    const principals = reports.map((report, i) => {
      const { report: proven = report, ...rest } = proved[i] ?? {}
      return { ...proven, ...rest }
    })
    io.out(`${JSON.stringify({ principals })}\n`)
  } else if (reports.length === 0) io.out('There is no user or role in these stacks.\n')
  return proved.every((one) => one === undefined || one.proof.ok) ? 0 : 1
}

async function proofOf(
  source: Scenario | ControlClient,
  report: PrincipalReport,
  values: Values,
  io: Io,
): Promise<Proved | undefined> {
  if (report.document.Statement.length === 0) return undefined
  const show = values.json !== true
  let proved: Proved
  if (source instanceof ControlClient) {
    const { document, principal } = report
    const answer = await source.post('policy/proof', { owner: principal.arn, document })
    const proof = answer as Proof // The control answer of this path.
    proved = { proof, report, pruned: [] }
    if (show) for (const row of proof.rows) printRow(document, row, io)
  } else {
    proved = await provePrincipal(
      source,
      report,
      { prune: values.prune === true, ...stacksOf(source, values) },
      (row, tried) => {
        if (show) printRow(tried, row, io)
      },
    )
  }
  if (show) printProof(proved, io)
  return proved
}

/** The stacks that were named, or those of the scenario; a command that deploys by itself names none. */
function stacksOf({ stacks }: Scenario, values: Values): { stacks?: readonly string[] } {
  if (values.stack !== undefined) return { stacks: values.stack }
  return stacks.length === 0 ? {} : { stacks }
}

function failed(why: string): UsageError {
  return new UsageError(
    `The run fails under the present policies already: ${why}`,
    'Mend it first: only a run that passes shows what is needed.',
  )
}
