import { CreateFunction, type CreateFunctionRequest } from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { functionExists, invalid, otherAccount, otherRegion, validation } from '../errors.ts'
import { checkUnzipped } from '../layers/used-layers.ts'
import { functionNameLengthMax } from '../limits.ts'
import { requestTagContext } from '../lookup.ts'
import { type FunctionName, functionArn, readFunctionName } from '../names.ts'
import {
  functions,
  type Settings,
  type StoredCode,
  type VersionRecord,
  versions,
} from '../state.ts'
import { countIn } from '../storage.ts'
import { checkTags } from '../tags.ts'
import { readCode } from './code.ts'
import { configurationOf } from './configuration.ts'
import { checkDeadLetterTarget } from './dead-letter-target.ts'
import { sealVariables } from './environment-encryption.ts'
import { planFinish } from './lifecycle.ts'
import { authorizeRole, checkRole } from './roles.ts'
import { changedSettings } from './settings.ts'

export const createFunction = operation(CreateFunction, {
  authorize(input, ctx) {
    const name = newName(ctx, input.FunctionName)
    const context = {
      ...requestTagContext(input.Tags),
      ...(input.Layers === undefined ? {} : { 'lambda:Layer': input.Layers }),
    }
    return { resource: functionArn(ctx, name), creates: true, context }
  },
  provenance: 'recorded',
  refuses: [
    'AcceleratorConfig',
    'CodeSigningConfigArn',
    'CapacityProviderConfig',
    'DurableConfig',
    'PublishTo',
    'RuntimeConfig',
    'TenancyConfig',
  ],
  async run(ctx, input) {
    const { name } = newName(ctx, input.FunctionName)
    const arn = functionArn(ctx, { ...ctxScope(ctx), name })
    checkRequest(input)
    checkTags(ctx, input.Tags ?? {})
    authorizeRole(ctx, input.Role, arn)
    if (functions.has(ctx, name)) throw functionExists(name)
    const plain = changedSettings(ctx, defaults(input, name), input, name)
    const code = await readCode(ctx, input.Code, 'CreateFunction')
    checkUnzipped(code, plain.layers)
    await checkRole(ctx, input.Role, name)
    checkDeadLetterTarget(ctx, plain)
    const settings = await sealVariables(ctx, arn, plain)
    const made = keep(ctx, input, { name, arn, settings, code })
    const { variables } = plain
    return variables === undefined ? made : { ...made, Environment: { Variables: variables } }
  },
})

interface NewFunction {
  readonly name: string
  readonly arn: string
  readonly settings: Settings
  readonly code: StoredCode
}

/** Everything that is written, in one stretch: somebody may have made the function meanwhile. */
function keep(ctx: Context, input: CreateFunctionRequest, made: NewFunction) {
  const { name, arn, settings, code } = made
  if (functions.has(ctx, name)) throw functionExists(name)
  const { Tags = {}, Publish = false } = input
  const fn = functions.put(ctx, {
    name,
    arn,
    tags: { ...Tags },
    lastVersion: Publish ? 1 : 0,
    recursiveLoop: 'Terminate',
  })
  const deployment = { id: ctx.ids.hex(32), code, settings }
  const version = (number: number): VersionRecord => {
    countIn(ctx, code)
    const record = versions.put(ctx, {
      functionName: name,
      number,
      deployment,
      revisionId: ctx.ids.uuid(),
      modifiedAtMs: ctx.now(),
      state: 'Pending',
    })
    planFinish(ctx, record)
    return record
  }
  const latest = version(0)
  // Recorded: lambda CreateFunction with Publish: the version, under the ARN of the function.
  return configurationOf(ctx, fn, Publish ? version(1) : latest, undefined)
}

/** A new function's name: of this account and region. Recorded: lambda CreateFunction, ARNs as names. */
function newName(ctx: Context, text: string): FunctionName {
  const name = readFunctionName(ctx, text)
  if (name === undefined) return { ...ctxScope(ctx), name: text, full: false }
  if (name.region !== ctx.region) throw otherRegion(name.region, ctx.region)
  if (name.accountId !== ctx.accountId) throw otherAccount()
  if (name.name.length > functionNameLengthMax) {
    throw invalid(
      `1 validation error detected: Value '${name.name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${functionNameLengthMax}`,
    )
  }
  if (name.qualifier !== undefined) {
    throw validation(
      `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${unqualifiedPattern}`,
    )
  }
  return name
}

/** Recorded: lambda CreateFunction with a qualified name: the pattern that AWS names allows one. */
const unqualifiedPattern =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?'

function ctxScope({ accountId, region }: Context): { accountId: string; region: string } {
  return { accountId, region }
}

function checkRequest({
  Code,
  PackageType = 'Zip',
  Runtime,
  Handler,
}: CreateFunctionRequest): void {
  if (PackageType === 'Image' || Code.ImageUri !== undefined) {
    throw notModelled('PackageType Image: functions of container images')
  }
  if (Runtime === undefined || Handler === undefined) {
    throw invalid(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    )
  }
}

function defaults(
  { Runtime, Handler, Role, Architectures }: CreateFunctionRequest,
  name: string,
): Settings {
  return {
    description: '',
    // Both were checked to be there.
    runtime: Runtime ?? 'nodejs22.x',
    handler: Handler ?? '',
    roleArn: Role,
    timeoutSeconds: 3,
    memoryMb: 128,
    storageMb: 512,
    architecture: Architectures?.[0] ?? 'x86_64',
    layers: [],
    tracing: 'PassThrough',
    logging: { format: 'Text', group: `/aws/lambda/${name}` },
  }
}
