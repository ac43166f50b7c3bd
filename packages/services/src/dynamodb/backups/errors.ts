import { type AwsError, awsError } from '@cloud-orrery/models'
import * as model from '@cloud-orrery/models/dynamodb'

export function backupNotFound(arn: string): AwsError {
  return awsError(model.BackupNotFoundException, `Backup not found: ${arn}`)
}

export function backupInUse(arn: string): AwsError {
  return awsError(model.BackupInUseException, `Backup is being used: ${arn}`)
}

export function backedUpTableNotFound(name: string): AwsError {
  return awsError(model.TableNotFoundException, `Table not found: ${name}`)
}

export function tableAlreadyExists(name: string): AwsError {
  return awsError(model.TableAlreadyExistsException, `Table already exists: ${name}`)
}

export function recoveryUnavailable(name: string): AwsError {
  return awsError(
    model.PointInTimeRecoveryUnavailableException,
    `Point in time recovery is not enabled for table '${name}'`,
  )
}

/** The words are ours. */
export function invalidRestoreTime(fromMs: number, toMs: number): AwsError {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString())
  return awsError(
    model.InvalidRestoreTimeException,
    `RestoreDateTime must be between EarliestRestorableDateTime (${from}) and LatestRestorableDateTime (${to})`,
  )
}
