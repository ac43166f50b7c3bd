import type {
  CreateFunctionRequest,
  UpdateFunctionConfigurationRequest,
} from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalid } from '../errors.ts'
import { readLayers } from '../layers/used-layers.ts'
import { environmentBytesMax } from '../limits.ts'
import { isDeprecated } from '../runtimes.ts'
import type { Logging, Settings } from '../state.ts'

type Given = Pick<
  UpdateFunctionConfigurationRequest & CreateFunctionRequest,
  | 'Description'
  | 'Runtime'
  | 'Handler'
  | 'Role'
  | 'Timeout'
  | 'MemorySize'
  | 'EphemeralStorage'
  | 'Environment'
  | 'KMSKeyArn'
  | 'Layers'
  | 'TracingConfig'
  | 'DeadLetterConfig'
  | 'LoggingConfig'
  | 'SnapStart'
  | 'VpcConfig'
  | 'FileSystemConfigs'
  | 'ImageConfig'
>

type PartlyGiven = { readonly [K in keyof Given]?: Given[K] | undefined }

/** Parameters of functions that are not built, by name; parts that ask for nothing are let through. */
export function refuseUnbuilt(given: PartlyGiven): void {
  const { SnapStart, VpcConfig, FileSystemConfigs, ImageConfig } = given
  if (SnapStart?.ApplyOn === 'PublishedVersions') {
    throw notModelled('SnapStart ApplyOn PublishedVersions')
  }
  const { SubnetIds = [], SecurityGroupIds = [] } = VpcConfig ?? {}
  if (SubnetIds.length + SecurityGroupIds.length > 0 || VpcConfig?.Ipv6AllowedForDualStack) {
    throw notModelled('VpcConfig of functions, until ec2 is there')
  }
  if ((FileSystemConfigs ?? []).length > 0) throw notModelled('FileSystemConfigs of functions')
  if (ImageConfig !== undefined && Object.keys(ImageConfig).length > 0) {
    throw notModelled('ImageConfig: functions of container images')
  }
}

/** Settings with a request's changes, checked in AWS's words. `before` are the defaults of a new function. */
export function changedSettings(
  ctx: Context,
  before: Settings,
  given: PartlyGiven,
  functionName: string,
): Settings {
  refuseUnbuilt(given)
  const { Runtime, Environment, KMSKeyArn, DeadLetterConfig } = given
  if (Runtime !== undefined && isDeprecated(Runtime)) throw deprecated(Runtime)
  if (Environment?.Variables !== undefined) checkVariables(Environment.Variables)
  const { variables, kmsKeyArn, sealedVariables, deadLetterArn, ...rest } = before
  const key = KMSKeyArn ?? kmsKeyArn
  const deadLetter = DeadLetterConfig === undefined ? deadLetterArn : DeadLetterConfig.TargetArn
  const nowVariables = Environment === undefined ? variables : (Environment.Variables ?? {})
  return {
    ...rest,
    description: given.Description ?? rest.description,
    runtime: Runtime ?? rest.runtime,
    handler: given.Handler ?? rest.handler,
    roleArn: given.Role ?? rest.roleArn,
    timeoutSeconds: given.Timeout ?? rest.timeoutSeconds,
    memoryMb: given.MemorySize ?? rest.memoryMb,
    storageMb: given.EphemeralStorage?.Size ?? rest.storageMb,
    layers: given.Layers === undefined ? rest.layers : readLayers(ctx, given.Layers),
    tracing: given.TracingConfig?.Mode ?? rest.tracing,
    logging: changedLogging(rest.logging, given.LoggingConfig, functionName),
    ...(nowVariables === undefined ? {} : { variables: nowVariables }),
    ...(key === undefined || key === '' ? {} : { kmsKeyArn: key }),
    ...(Environment === undefined && sealedVariables !== undefined && KMSKeyArn === undefined
      ? { sealedVariables }
      : {}),
    ...(deadLetter === undefined || deadLetter === '' ? {} : { deadLetterArn: deadLetter }),
  }
}

/** Recorded: lambda CreateFunction. */
function deprecated(runtime: string) {
  return invalid(
    `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
  )
}

/** Recorded: lambda UpdateFunctionConfiguration, `LoggingConfig`: each member stays where it is not given. */
function changedLogging(
  before: Logging,
  given: Given['LoggingConfig'],
  functionName: string,
): Logging {
  if (given === undefined) return before
  const format = given.LogFormat ?? before.format
  const { ApplicationLogLevel, SystemLogLevel } = given
  if (format === 'Text' && (ApplicationLogLevel ?? SystemLogLevel) !== undefined) {
    throw invalid(
      'To use ApplicationLogLevel or SystemLogLevel, you must set LogFormat to JSON. Configure your LogFormat as JSON and try your request again.',
    )
  }
  const group = given.LogGroup ?? before.group
  const own = { format, group: group === '' ? `/aws/lambda/${functionName}` : group }
  if (format === 'Text') return own
  return {
    ...own,
    applicationLevel: ApplicationLogLevel ?? before.applicationLevel ?? 'INFO',
    systemLevel: SystemLogLevel ?? before.systemLevel ?? 'INFO',
  }
}

/** Source: developer guide, "Defined runtime environment variables": the reserved ones. */
const reservedVariables: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_LAMBDA_MAX_CONCURRENCY',
  'AWS_LAMBDA_METADATA_API',
  'AWS_LAMBDA_METADATA_TOKEN',
])

/** Recorded: lambda CreateFunction, sizes; the words on reserved keys are those of user reports. */
function checkVariables(variables: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(variables).filter((name) => reservedVariables.has(name))
  if (reserved.length > 0) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    )
  }
  const measured = JSON.stringify(variables)
  if (Buffer.byteLength(measured) > environmentBytesMax) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${measured}`,
    )
  }
}
