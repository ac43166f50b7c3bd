import { AwsSecretsManagerSecretTargetAttachment } from '@cloud-orrery/models/secretsmanager'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'

/** Every type of target is a database service that the model does not have yet: named, and refused. */
export const targetAttachmentType = resource(AwsSecretsManagerSecretTargetAttachment, {
  create(_ctx, { TargetType }) {
    throw notModelled(`AWS::SecretsManager::SecretTargetAttachment to ${TargetType}`)
  },
  delete() {},
})
