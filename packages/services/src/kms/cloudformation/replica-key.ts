import { AwsKmsReplicaKey } from '@cloud-orrery/models/kms'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'

/** Refused by name: keys live in one Region here. */
export const replicaKeyType = resource(AwsKmsReplicaKey, {
  create() {
    throw notModelled('AWS::KMS::ReplicaKey, since multi-Region keys are not built')
  },
  delete() {
    throw notModelled('AWS::KMS::ReplicaKey, since multi-Region keys are not built')
  },
})
