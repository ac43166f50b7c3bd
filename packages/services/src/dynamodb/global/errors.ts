import type { AwsError } from '@cloud-orrery/models'
import { invalid, invalidValues } from '../errors.ts'

/* Words of AWS from user reports; those of replicas that exist or do not are ours. */

export function ownRegion(): AwsError {
  return invalid(
    'Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.',
  )
}

export function notAutoScaled(): AwsError {
  return invalid('Table write capacity should either be Pay-Per-Request or AutoScaled.')
}

export function oneAtATime(): AwsError {
  return invalid('Only one replica update is allowed in a single UpdateTable request')
}

export function replicaExists(region: string, name: string): AwsError {
  return invalidValues(`Replica with region ${region} already exists for table ${name}`)
}

export function replicaMissing(region: string, name: string): AwsError {
  return invalidValues(`Replica with region ${region} does not exist for table ${name}`)
}

export function needsBothImages(): AwsError {
  return invalidValues(
    'Table needs to have streams enabled with NEW_AND_OLD_IMAGES to have replicas',
  )
}

export function tableThere(region: string, name: string): AwsError {
  return invalidValues(`Table ${name} already exists in region ${region}`)
}
