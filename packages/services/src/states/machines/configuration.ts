import type {
  EncryptionConfiguration,
  LoggingConfiguration,
  TracingConfiguration,
} from '@cloud-orrery/models/states'
import { invalidLogging } from '../errors.ts'
import type { Configuration, Encryption, Logging } from '../state.ts'

export const noLogging: Logging = { level: 'OFF', includeExecutionData: false }

/** Logging as it is kept. Throws InvalidLoggingConfiguration. Recorded: states, CreateStateMachine, 2024. */
export function loggingOf(given: LoggingConfiguration | undefined): Logging {
  if (given === undefined) return noLogging
  const { level = 'OFF', includeExecutionData = false, destinations } = given
  const groups = destinations?.map((it) => it.cloudWatchLogsLogGroup?.logGroupArn)
  const arns = groups?.flatMap((arn) => (arn === undefined ? [] : [arn]))
  if ((level !== 'OFF' && arns?.length !== 1) || (arns?.length ?? 0) > 1) {
    throw invalidLogging('Must specify exactly one Log Destination.')
  }
  const [arn] = arns ?? []
  if (arn !== undefined && !/^arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:[^:]+:\*$/.test(arn)) {
    throw invalidLogging('Log Destination is not valid.')
  }
  return { level, includeExecutionData, ...(arns === undefined ? {} : { destinations: arns }) }
}

export function isTraced(given: TracingConfiguration | undefined): boolean {
  return given?.enabled ?? false
}

/** The parts of a configuration that all descriptions show. */
export function shownConfiguration(of: Configuration) {
  const { logging, tracing, encryption, revisionId, roleArn } = of
  return {
    roleArn,
    loggingConfiguration: shownLogging(logging),
    tracingConfiguration: { enabled: tracing },
    encryptionConfiguration: shownEncryption(encryption),
    ...(revisionId === undefined ? {} : { revisionId }),
  }
}

function shownLogging({
  level,
  includeExecutionData,
  destinations,
}: Logging): LoggingConfiguration {
  return {
    level,
    includeExecutionData,
    ...(destinations === undefined
      ? {}
      : {
          destinations: destinations.map((logGroupArn) => ({
            cloudWatchLogsLogGroup: { logGroupArn },
          })),
        }),
  }
}

export function shownEncryption(encryption: Encryption | undefined): EncryptionConfiguration {
  if (encryption === undefined) return { type: 'AWS_OWNED_KEY' }
  return {
    type: 'CUSTOMER_MANAGED_KMS_KEY',
    kmsKeyId: encryption.keyId,
    kmsDataKeyReusePeriodSeconds: encryption.reuseSeconds,
  }
}
