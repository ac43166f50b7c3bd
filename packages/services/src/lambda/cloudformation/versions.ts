import {
  AwsLambdaAlias,
  type AwsLambdaAliasProperties,
  AwsLambdaVersion,
  CreateAlias,
  DeleteAlias,
  DeleteFunction,
  DeleteProvisionedConcurrencyConfig,
  GetAlias,
  GetFunctionConfiguration,
  PublishVersion,
  PutProvisionedConcurrencyConfig,
  PutRuntimeManagementConfig,
  UpdateAlias,
} from '@cloud-orrery/models/lambda'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { versionExists } from '../errors.ts'
import { unlessGone } from './gone.ts'

interface Ahead {
  readonly ProvisionedConcurrentExecutions: number
}

/** Longer than provisioned environments take: CloudFormation waits for them. */
const provisionedDurationMs = 1200

export const versionType = resource(AwsLambdaVersion, {
  durationMs: { create: provisionedDurationMs },
  async create(ctx, properties) {
    const { FunctionName, Description, CodeSha256, RuntimePolicy } = properties
    if (properties.FunctionScalingConfig !== undefined) {
      throw notModelled('FunctionScalingConfig of AWS::Lambda::Version')
    }
    const published = await ctx.call(PublishVersion, { FunctionName, Description, CodeSha256 })
    const { Version = '', FunctionArn = '', LastModified = '' } = published
    // Nothing had changed: AWS gave a version that is there.
    if (Date.parse(LastModified.replace('+0000', 'Z')) !== ctx.now()) throw versionExists(Version)
    await provision(ctx, FunctionName, Version, properties.ProvisionedConcurrencyConfig)
    if (RuntimePolicy !== undefined) {
      const input = { FunctionName, Qualifier: Version, ...RuntimePolicy }
      await ctx.call(PutRuntimeManagementConfig, input)
    }
    return { FunctionArn, Version }
  },
  async update(ctx, properties, previous, state) {
    const { FunctionName, ProvisionedConcurrencyConfig: now } = properties
    const before = previous.ProvisionedConcurrencyConfig
    await reprovision(ctx, FunctionName, state.Version, now, before)
    return state
  },
  async delete(ctx, { FunctionArn }) {
    await ctx.call(DeleteFunction, { FunctionName: FunctionArn })
  },
  async read(ctx, { FunctionArn }, { FunctionName }) {
    const found = await unlessGone(
      ctx.call(GetFunctionConfiguration, { FunctionName: FunctionArn }),
    )
    if (found === undefined) return undefined
    const { Description = '' } = found
    return { FunctionName, ...(Description === '' ? {} : { Description }) }
  },
})

export const aliasType = resource(AwsLambdaAlias, {
  durationMs: { create: provisionedDurationMs, update: provisionedDurationMs },
  async create(ctx, properties) {
    const { FunctionName, Name, FunctionVersion, Description } = properties
    const { AliasArn = '' } = await ctx.call(CreateAlias, {
      FunctionName,
      Name,
      FunctionVersion,
      Description,
      RoutingConfig: routingOf(properties),
    })
    await provision(ctx, FunctionName, Name, properties.ProvisionedConcurrencyConfig)
    return { AliasArn }
  },
  async update(ctx, properties, previous, state) {
    const { FunctionName, Name, FunctionVersion } = properties
    await ctx.call(UpdateAlias, {
      FunctionName,
      Name,
      FunctionVersion,
      Description: properties.Description ?? '',
      RoutingConfig: routingOf(properties) ?? { AdditionalVersionWeights: {} },
    })
    const now = properties.ProvisionedConcurrencyConfig
    await reprovision(ctx, FunctionName, Name, now, previous.ProvisionedConcurrencyConfig)
    return state
  },
  async delete(ctx, _state, { FunctionName, Name }) {
    await ctx.call(DeleteAlias, { FunctionName, Name })
  },
  async read(ctx, _state, { FunctionName, Name }) {
    const found = await unlessGone(ctx.call(GetAlias, { FunctionName, Name }))
    if (found === undefined) return undefined
    const { FunctionVersion = '', Description = '' } = found
    return { FunctionName, Name, FunctionVersion, ...(Description === '' ? {} : { Description }) }
  },
})

function routingOf({ RoutingConfig }: AwsLambdaAliasProperties) {
  const weights = RoutingConfig?.AdditionalVersionWeights
  if (weights === undefined) return undefined
  return {
    AdditionalVersionWeights: Object.fromEntries(
      weights.map(({ FunctionVersion, FunctionWeight }) => [FunctionVersion, FunctionWeight]),
    ),
  }
}

async function provision(
  ctx: ResourceContext,
  functionName: string,
  Qualifier: string,
  ahead: Ahead | undefined,
): Promise<void> {
  if (ahead === undefined) return
  const FunctionName = unqualified(functionName)
  await ctx.call(PutProvisionedConcurrencyConfig, { FunctionName, Qualifier, ...ahead })
}

async function reprovision(
  ctx: ResourceContext,
  functionName: string,
  Qualifier: string,
  now: Ahead | undefined,
  before: Ahead | undefined,
): Promise<void> {
  if (now?.ProvisionedConcurrentExecutions === before?.ProvisionedConcurrentExecutions) return
  if (now !== undefined) return await provision(ctx, functionName, Qualifier, now)
  const FunctionName = unqualified(functionName)
  await ctx.call(DeleteProvisionedConcurrencyConfig, { FunctionName, Qualifier })
}

/** An ARN without its qualifier; a name as it is. */
function unqualified(name: string): string {
  return name.startsWith('arn:') ? name.split(':').slice(0, 7).join(':') : name
}
