import { GetSecretValue } from '@cloud-orrery/models/secretsmanager'
import type { CallAs, Context } from '../../context.ts'
import { validationError } from '../errors.ts'

/** Parts of `{{resolve:secretsmanager:secret-id:secret-string:json-key:version-stage:version-id}}` after the service. */
interface SecretReference {
  readonly SecretId: string
  readonly kind: string
  readonly jsonKey: string
  readonly stage: string
  readonly versionId: string
}

/** Segments of a secret's ARN between its colons. */
const arnSegments = 7

function parsed(reference: string): SecretReference {
  const parts = reference.split(':')
  const idLength = parts[0] === 'arn' ? arnSegments : 1
  const [kind = 'SecretString', jsonKey = '', stage = '', versionId = ''] = parts.slice(idLength)
  return { SecretId: parts.slice(0, idLength).join(':'), kind, jsonKey, stage, versionId }
}

/**
 * What a dynamic reference to Secrets Manager stands for.
 * Source: CloudFormation user guide, "Get a secret or secret value from Secrets Manager"; the words: users' reports.
 */
export async function secretValue(ctx: Context, as: CallAs, reference: string): Promise<string> {
  const { SecretId, kind, jsonKey, stage, versionId } = parsed(reference)
  if (kind !== 'SecretString' && kind !== '') {
    throw validationError(`Invalid dynamic reference: {{resolve:secretsmanager:${reference}}}`)
  }
  const { SecretString = '' } = await ctx.call(
    GetSecretValue,
    {
      SecretId,
      ...(stage === '' ? {} : { VersionStage: stage }),
      ...(versionId === '' ? {} : { VersionId: versionId }),
    },
    { as },
  )
  if (jsonKey === '') return SecretString
  const value = members(SecretString)[jsonKey]
  if (value === undefined) {
    throw validationError('Could not find a value associated with JSONKey in SecretString')
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function members(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object) }
  } catch {
    throw validationError('Could not parse SecretString JSON')
  }
}
