import type {
  AwsStepFunctionsStateMachineProperties,
  EncryptionConfiguration,
  LoggingConfiguration,
  TracingConfiguration,
} from '@cloud-orrery/models/states'

type Properties = AwsStepFunctionsStateMachineProperties

export function loggingInput(
  given: Properties['LoggingConfiguration'],
): LoggingConfiguration | undefined {
  if (given === undefined) return undefined
  const { Level, IncludeExecutionData, Destinations } = given
  return {
    ...(Level === undefined ? {} : { level: Level }),
    ...(IncludeExecutionData === undefined ? {} : { includeExecutionData: IncludeExecutionData }),
    ...(Destinations === undefined
      ? {}
      : {
          destinations: Destinations.map(({ CloudWatchLogsLogGroup: group }) => ({
            cloudWatchLogsLogGroup: { logGroupArn: group?.LogGroupArn },
          })),
        }),
  }
}

export function tracingInput(
  given: Properties['TracingConfiguration'],
): TracingConfiguration | undefined {
  return given?.Enabled === undefined ? undefined : { enabled: given.Enabled }
}

export function encryptionInput(
  given: Properties['EncryptionConfiguration'],
): EncryptionConfiguration | undefined {
  if (given === undefined) return undefined
  const { Type, KmsKeyId, KmsDataKeyReusePeriodSeconds: seconds } = given
  return {
    type: Type,
    ...(KmsKeyId === undefined ? {} : { kmsKeyId: KmsKeyId }),
    ...(seconds === undefined ? {} : { kmsDataKeyReusePeriodSeconds: seconds }),
  }
}
