import type { FunctionConfiguration, LoggingConfig } from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { qualifierOf } from '../lookup.ts'
import { runtimeVersionArn } from '../runtimes.ts'
import type { FunctionRecord, Logging, Settings, VersionRecord } from '../state.ts'
import { shownVariables } from './environment-encryption.ts'

/** The same with variables under a key of the customer opened, as far as the caller may. */
export async function openConfiguration(
  ctx: Context,
  fn: FunctionRecord,
  version: VersionRecord,
  qualifier: string | undefined,
): Promise<FunctionConfiguration> {
  const Environment = await shownVariables(ctx, fn.arn, version.deployment.settings)
  const shown = configurationOf(ctx, fn, version, qualifier)
  return Environment === undefined ? shown : { ...shown, Environment }
}

/** A version as Get and Update show it. `qualifier`: what the caller named, which its ARN ends in. */
export function configurationOf(
  ctx: Context,
  fn: FunctionRecord,
  version: VersionRecord,
  qualifier: string | undefined,
): FunctionConfiguration {
  const { runtime, architecture } = version.deployment.settings
  return {
    ...listedConfiguration(fn, version, qualifier),
    RuntimeVersionConfig: {
      RuntimeVersionArn:
        version.runtimeUpdates?.versionArn ?? runtimeVersionArn(ctx, runtime, architecture),
    },
    ...stateOf(version),
  }
}

/** Recorded: lambda CreateFunction, UpdateFunctionCode, GetFunction. */
function stateOf({ state, lastUpdate }: VersionRecord): FunctionConfiguration {
  const creating = 'The function is being created.'
  return {
    State: state,
    ...(state === 'Pending' ? { StateReason: creating, StateReasonCode: 'Creating' } : {}),
    ...(lastUpdate === undefined ? {} : { LastUpdateStatus: lastUpdate }),
    ...(lastUpdate === 'InProgress'
      ? { LastUpdateStatusReason: creating, LastUpdateStatusReasonCode: 'Creating' }
      : {}),
  }
}

/** A version as lists show it: without its state. Recorded: lambda ListVersionsByFunction. */
export function listedConfiguration(
  fn: FunctionRecord,
  version: VersionRecord,
  qualifier: string | undefined,
): FunctionConfiguration {
  const { settings, code } = version.deployment
  return {
    FunctionName: fn.name,
    FunctionArn: qualifier === undefined ? fn.arn : `${fn.arn}:${qualifier}`,
    ...settingsOutput(settings),
    CodeSize: code.sizeBytes,
    CodeSha256: code.sha256,
    LastModified: new Date(version.modifiedAtMs).toISOString().replace('Z', '+0000'),
    Version: qualifierOf(version.number),
    RevisionId: version.revisionId,
    PackageType: 'Zip',
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
  }
}

function settingsOutput(settings: Settings): FunctionConfiguration {
  const { variables, kmsKeyArn, deadLetterArn, layers } = settings
  return {
    Runtime: settings.runtime,
    Role: settings.roleArn,
    Handler: settings.handler,
    Description: settings.description,
    Timeout: settings.timeoutSeconds,
    MemorySize: settings.memoryMb,
    TracingConfig: { Mode: settings.tracing },
    Architectures: [settings.architecture],
    EphemeralStorage: { Size: settings.storageMb },
    LoggingConfig: loggingOutput(settings.logging),
    ...(variables === undefined ? {} : { Environment: { Variables: { ...variables } } }),
    ...(kmsKeyArn === undefined ? {} : { KMSKeyArn: kmsKeyArn }),
    ...(deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: deadLetterArn } }),
    ...(layers.length === 0
      ? {}
      : { Layers: layers.map(({ arn, code }) => ({ Arn: arn, CodeSize: code.sizeBytes })) }),
  }
}

function loggingOutput({ format, group, applicationLevel, systemLevel }: Logging): LoggingConfig {
  return {
    LogFormat: format,
    LogGroup: group,
    // The levels are those that the model lists: the request was checked.
    ...(applicationLevel === undefined
      ? {}
      : {
          ApplicationLogLevel: applicationLevel as NonNullable<
            LoggingConfig['ApplicationLogLevel']
          >,
        }),
    ...(systemLevel === undefined
      ? {}
      : { SystemLogLevel: systemLevel as NonNullable<LoggingConfig['SystemLogLevel']> }),
  }
}
