import { SimulatorError } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import {
  CreateStack,
  DeleteStack,
  DescribeStacks,
  type Stack,
  UpdateStack,
  UpdateTerminationProtection,
} from '@cloud-orrery/models/cloudformation'
import { PutObject } from '@cloud-orrery/models/s3'
import type { CallOptions } from '../call.ts'
import type { Assembly, StackSource } from './assembly.ts'
import { assetBytes } from './assets.ts'
import { bootstrapTemplate, bootstrapVersionOf } from './bootstrap.ts'
import { type DeployTarget, isRest, type StackProgress } from './target.ts'

export interface DeployOptions {
  readonly parameters?: Readonly<Record<string, string>>
  readonly onProgress?: (progress: StackProgress) => void
}

export interface DeployedStack {
  readonly stackName: string
  readonly stackId: string
  /** `CREATE_COMPLETE`, `UPDATE_COMPLETE`, or what else it came to. */
  readonly status: string
  readonly outputs: Readonly<Record<string, string>>
}

const capabilities = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'] as const

/** Deploys the stacks of an assembly one after the other. Stops at the first that fails. */
export async function deploy(
  target: DeployTarget,
  assembly: Assembly,
  options: DeployOptions = {},
): Promise<DeployedStack[]> {
  const deployed: DeployedStack[] = []
  for (const stack of assembly.stacks) {
    const place = placeOf(target, stack)
    if (stack.bootstrapped) await ensureBootstrapped(target, place)
    for (const asset of stack.assets) {
      const Bucket = inPlace(asset.bucketName, place)
      const Key = inPlace(asset.objectKey, place)
      await target.call(PutObject, { Bucket, Key, Body: assetBytes(asset) }, place)
    }
    const done = await deployStack(target, stack, place, options)
    deployed.push(done)
    if (!/^(CREATE|UPDATE)_COMPLETE$/.test(done.status)) break
  }
  return deployed
}

type Place = Required<Pick<CallOptions, 'accountId' | 'region'>>

function placeOf(target: DeployTarget, stack: StackSource): Place {
  return {
    accountId: stack.accountId ?? target.accountId,
    region: stack.region ?? target.region,
  }
}

/** The CDK leaves the account and region of environment-agnostic apps to whoever deploys. */
function inPlace(text: string, { accountId, region }: Place): string {
  return text
    .replaceAll('${AWS::AccountId}', accountId)
    .replaceAll('${AWS::Region}', region)
    .replaceAll('${AWS::Partition}', 'aws')
}

async function deployStack(
  target: DeployTarget,
  stack: StackSource,
  place: Place,
  options: DeployOptions,
): Promise<DeployedStack> {
  const existing = await updatable(target, stack.stackName, place, options)
  const parameters = { ...stack.parameters, ...options.parameters }
  const input = {
    StackName: stack.stackName,
    TemplateBody: stack.template,
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Tags: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: [...capabilities],
  }
  let stackId: string
  try {
    const answer =
      existing === undefined
        ? await target.call(CreateStack, input, place)
        : await target.call(UpdateStack, input, place)
    stackId = answer.StackId ?? ''
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (existing !== undefined && error.message === 'No updates are to be performed.') {
      await protect(target, stack.stackName, stack.terminationProtection, place)
      return describe(existing)
    }
    throw new SimulatorError(
      'DeployRefused',
      `CloudFormation refuses stack ${stack.stackName}: ${error.message}`,
      'Mend the template and deploy again.',
    )
  }
  const status = await target.untilStackRests(stackId, options.onProgress ?? (() => {}), place)
  await protect(target, stackId, stack.terminationProtection, place)
  const after = await stackNamed(target, stackId, place)
  return after === undefined
    ? { stackName: stack.stackName, stackId, status, outputs: {} }
    : describe(after)
}

/** What a stack came to whose creation failed: it can only be deleted. */
const creationFailed: ReadonlySet<string> = new Set(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'])

/** The stack to update. One that was never created is deleted first, as `cdk deploy` does. */
async function updatable(
  target: DeployTarget,
  stackName: string,
  place: Place,
  { onProgress = () => {} }: DeployOptions,
): Promise<Stack | undefined> {
  const existing = await stackNamed(target, stackName, place)
  if (existing === undefined || !creationFailed.has(existing.StackStatus)) return existing
  const status = await destroy(target, stackName, { ...place, onProgress })
  if (status === 'DELETE_COMPLETE') return undefined
  throw new SimulatorError(
    'DeployRefused',
    `Stack ${stackName} was never created, and deleting what is left of it came to ${status}.`,
    `Look at its events, delete what is in the way, then run orrery destroy ${stackName}.`,
  )
}

/** Termination protection is no part of a template: it follows the stack, as with `cdk deploy`. */
async function protect(
  target: DeployTarget,
  StackName: string,
  wanted: boolean | undefined,
  place: Place,
): Promise<void> {
  if (wanted === undefined) return
  const input = { StackName, EnableTerminationProtection: wanted }
  await target.call(UpdateTerminationProtection, input, place)
}

/** Deletes a stack. Its last status: `DELETE_COMPLETE`, or `DELETE_FAILED` when something is in the way. */
export async function destroy(
  target: DeployTarget,
  stackName: string,
  options: CallOptions & Pick<DeployOptions, 'onProgress'> = {},
): Promise<string> {
  const place = {
    accountId: options.accountId ?? target.accountId,
    region: options.region ?? target.region,
  }
  const stack = await stackNamed(target, stackName, place)
  if (stack === undefined) {
    throw new SimulatorError(
      'NoSuchStack',
      `There is no stack ${stackName}.`,
      'Check its name, account and region.',
    )
  }
  const stackId = stack.StackId ?? stackName
  await target.call(DeleteStack, { StackName: stackId }, place)
  return await target.untilStackRests(stackId, options.onProgress ?? (() => {}), place)
}

async function stackNamed(
  target: DeployTarget,
  name: string,
  place: Place,
): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await target.call(DescribeStacks, { StackName: name }, place)
    const [stack] = Stacks
    return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack
  } catch (error) {
    if (error instanceof AwsError && /does not exist/.test(error.message)) return undefined
    throw error
  }
}

function describe(stack: Stack): DeployedStack {
  const outputs: Record<string, string> = {}
  for (const { OutputKey, OutputValue } of stack.Outputs ?? []) {
    if (OutputKey !== undefined) outputs[OutputKey] = OutputValue ?? ''
  }
  return {
    stackName: stack.StackName,
    stackId: stack.StackId ?? '',
    status: stack.StackStatus,
    outputs,
  }
}

/** Creates the CDK's bootstrap resources where an app expects them, as `cdk bootstrap` would. */
async function ensureBootstrapped(target: DeployTarget, place: Place): Promise<void> {
  if ((await bootstrapVersionOf(target, place)) !== undefined) return
  const { StackId = '' } = await target.call(
    CreateStack,
    {
      StackName: 'CDKToolkit',
      TemplateBody: bootstrapTemplate(),
      Capabilities: [...capabilities],
    },
    place,
  )
  const status = await target.untilStackRests(StackId, () => {}, place)
  if (status !== 'CREATE_COMPLETE' || !isRest(status)) {
    throw new SimulatorError(
      'BootstrapFailed',
      `The CDK's bootstrap stack came to ${status}.`,
      'Look at the events of stack CDKToolkit.',
    )
  }
}
