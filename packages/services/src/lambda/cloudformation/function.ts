import {
  AwsLambdaFunction,
  type AwsLambdaFunctionProperties,
  CreateFunction,
  DeleteFunction,
  DeleteFunctionConcurrency,
  type FunctionConfiguration,
  GetFunction,
  PutFunctionConcurrency,
  PutFunctionRecursionConfig,
  PutRuntimeManagementConfig,
  TagResource,
  UntagResource,
  UpdateFunctionCode,
  UpdateFunctionConfiguration,
  type UpdateFunctionConfigurationRequest,
} from '@cloud-orrery/models/lambda'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { unlessGone } from './gone.ts'
import { inlinePackage } from './inline-code.ts'
import { tagsOf } from './tags.ts'

/** Longer than a function is Pending or its update InProgress: CloudFormation waits for both. */
const durationMs = { create: 300, update: 200 }

export const functionType = resource(AwsLambdaFunction, {
  durationMs,
  async create(ctx, properties) {
    refuseUnbuilt(properties)
    const name = properties.FunctionName ?? ctx.physicalName({ lengthMax: 64 })
    const { FunctionArn = '' } = await ctx.call(CreateFunction, {
      FunctionName: name,
      ...settingsOf(properties),
      Role: properties.Role,
      Code: codeOf(properties),
      Architectures: properties.Architectures,
      PackageType: properties.PackageType,
      CodeSigningConfigArn: properties.CodeSigningConfigArn,
      TenancyConfig: properties.TenancyConfig,
      Tags: tagsOf(ctx, properties.Tags),
    })
    ctx.made(stateOf(name, FunctionArn))
    await applyExtras(ctx, name, properties, undefined)
    return stateOf(name, FunctionArn)
  },
  async update(ctx, properties, previous, state) {
    refuseUnbuilt(properties)
    const { FunctionName = '', Arn } = state as { FunctionName?: string; Arn: string } // As `create` made it.
    if (changed(codeInputOf(properties), codeInputOf(previous))) {
      const Architectures = properties.Architectures
      await ctx.call(UpdateFunctionCode, { FunctionName, ...codeOf(properties), Architectures })
    }
    const settings = settingsOf(properties)
    if (changed(settings, settingsOf(previous))) {
      await ctx.call(UpdateFunctionConfiguration, {
        FunctionName,
        ...removedSettings,
        ...withoutUndefined(settings),
      })
    }
    await applyExtras(ctx, FunctionName, properties, previous)
    await updateTags(ctx, Arn, tagsOf(ctx, properties.Tags), tagsOf(ctx, previous.Tags))
    return state
  },
  async delete(ctx, state) {
    const { FunctionName = '' } = state as { FunctionName?: string } // As `create` made it.
    await ctx.call(DeleteFunction, { FunctionName })
  },
  async read(ctx, state, properties) {
    const { FunctionName = '' } = state as { FunctionName?: string } // As `create` made it.
    const found = await unlessGone(ctx.call(GetFunction, { FunctionName }))
    if (found?.Configuration === undefined) return undefined
    const reserved = found.Concurrency?.ReservedConcurrentExecutions
    return {
      ...propertiesOf(found.Configuration),
      ...withoutDefaultLogging(found.Configuration, properties),
      FunctionName,
      // What code is there cannot be told from its location: it stands as it was given.
      Code: properties.Code,
      ...(found.Tags === undefined ? {} : { Tags: tagList(found.Tags) }),
      ...(reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved }),
    }
  },
})

function stateOf(FunctionName: string, Arn: string) {
  const SnapStartResponse = { ApplyOn: 'None', OptimizationStatus: 'Off' } as const
  return {
    FunctionName,
    physicalId: FunctionName,
    Arn,
    SnapStartResponse,
    'SnapStartResponse.ApplyOn': SnapStartResponse.ApplyOn,
    'SnapStartResponse.OptimizationStatus': SnapStartResponse.OptimizationStatus,
  }
}

function refuseUnbuilt(properties: AwsLambdaFunctionProperties): void {
  if (properties.FunctionScalingConfig !== undefined) {
    throw notModelled('FunctionScalingConfig of AWS::Lambda::Function')
  }
  if (properties.PublishToLatestPublished === true) {
    throw notModelled('PublishToLatestPublished of AWS::Lambda::Function')
  }
}

function codeInputOf({ Code, Runtime, Architectures }: AwsLambdaFunctionProperties): unknown {
  // The file of inline code is named by the language.
  return [
    Code,
    Architectures,
    Code.ZipFile === undefined ? undefined : Runtime?.replace(/\d.*$/, ''),
  ]
}

function codeOf({ Code, Runtime }: AwsLambdaFunctionProperties) {
  const { ZipFile, ...others } = Code
  return ZipFile === undefined ? others : { ...others, ZipFile: inlinePackage(ZipFile, Runtime) }
}

/** What UpdateFunctionConfiguration takes. */
function settingsOf(properties: AwsLambdaFunctionProperties) {
  const { KmsKeyArn, CapacityProviderConfig, DurableConfig } = properties
  return {
    Description: properties.Description,
    Runtime: properties.Runtime as UpdateFunctionConfigurationRequest['Runtime'], // Judged by the API.
    Handler: properties.Handler,
    Role: properties.Role,
    Timeout: properties.Timeout,
    MemorySize: properties.MemorySize,
    EphemeralStorage: properties.EphemeralStorage,
    Environment: properties.Environment,
    KMSKeyArn: KmsKeyArn,
    Layers: properties.Layers,
    TracingConfig: properties.TracingConfig,
    DeadLetterConfig: properties.DeadLetterConfig,
    LoggingConfig: properties.LoggingConfig,
    SnapStart: properties.SnapStart,
    VpcConfig: properties.VpcConfig,
    FileSystemConfigs: properties.FileSystemConfigs,
    ImageConfig: properties.ImageConfig,
    CapacityProviderConfig:
      CapacityProviderConfig as UpdateFunctionConfigurationRequest['CapacityProviderConfig'], // As `Runtime`.
    DurableConfig,
  }
}

/** What an update sets where the new template is silent: the defaults of a new function. */
const removedSettings = {
  Description: '',
  Timeout: 3,
  MemorySize: 128,
  EphemeralStorage: { Size: 512 },
  Environment: { Variables: {} },
  Layers: [],
  TracingConfig: { Mode: 'PassThrough' },
  DeadLetterConfig: { TargetArn: '' },
  KMSKeyArn: '',
} as const

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function withoutUndefined<T extends object>(value: T): Present<T> {
  // Only members are left out.
  return Object.fromEntries(
    Object.entries(value).filter(([, it]) => it !== undefined),
  ) as Present<T>
}

/** What has operations of its own. */
async function applyExtras(
  ctx: ResourceContext,
  FunctionName: string,
  now: AwsLambdaFunctionProperties,
  before: AwsLambdaFunctionProperties | undefined,
): Promise<void> {
  const reserved = now.ReservedConcurrentExecutions
  if (reserved !== before?.ReservedConcurrentExecutions) {
    if (reserved === undefined) await ctx.call(DeleteFunctionConcurrency, { FunctionName })
    else {
      const ReservedConcurrentExecutions = reserved
      await ctx.call(PutFunctionConcurrency, { FunctionName, ReservedConcurrentExecutions })
    }
  }
  if (now.RecursiveLoop !== before?.RecursiveLoop) {
    const RecursiveLoop = now.RecursiveLoop ?? 'Terminate'
    await ctx.call(PutFunctionRecursionConfig, { FunctionName, RecursiveLoop })
  }
  const management = now.RuntimeManagementConfig
  if (management !== undefined && changed(management, before?.RuntimeManagementConfig)) {
    await ctx.call(PutRuntimeManagementConfig, { FunctionName, ...management })
  }
}

async function updateTags(
  ctx: ResourceContext,
  Resource: string,
  now: Record<string, string>,
  before: Record<string, string>,
): Promise<void> {
  const TagKeys = Object.keys(before).filter((key) => !(key in now))
  if (TagKeys.length > 0) await ctx.call(UntagResource, { Resource, TagKeys })
  if (changed(now, before)) await ctx.call(TagResource, { Resource, Tags: now })
}

function changed(now: unknown, before: unknown): boolean {
  return JSON.stringify(now) !== JSON.stringify(before)
}

/** A configuration always tells its log format, a template seldom: the default is no drift. */
function withoutDefaultLogging(
  { LoggingConfig }: FunctionConfiguration,
  { LoggingConfig: wanted }: AwsLambdaFunctionProperties,
) {
  if (LoggingConfig?.LogFormat !== 'Text' || wanted?.LogFormat !== undefined) return {}
  const { LogFormat: _, ...others } = LoggingConfig
  return { LoggingConfig: others }
}

function tagList(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

function propertiesOf(now: FunctionConfiguration) {
  const { Layers, KMSKeyArn } = now
  return withoutUndefined({
    Description: now.Description === '' ? undefined : now.Description,
    Runtime: now.Runtime,
    Handler: now.Handler,
    Role: now.Role,
    Timeout: now.Timeout,
    MemorySize: now.MemorySize,
    EphemeralStorage: now.EphemeralStorage,
    Environment:
      now.Environment?.Variables === undefined
        ? undefined
        : { Variables: now.Environment.Variables },
    KmsKeyArn: KMSKeyArn,
    Layers: Layers?.map(({ Arn = '' }) => Arn),
    TracingConfig: now.TracingConfig,
    DeadLetterConfig: now.DeadLetterConfig,
    LoggingConfig: now.LoggingConfig,
    Architectures: now.Architectures,
    PackageType: now.PackageType,
  })
}
