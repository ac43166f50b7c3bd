import {
  DeleteResourcePolicy,
  GetResourcePolicy,
  PutResourcePolicy,
  ValidateResourcePolicy,
} from '@cloud-orrery/models/secretsmanager'
import { type PolicyDocument, PolicyError, parsePolicy } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation, type ResourceAccess } from '../define.ts'
import { accounts } from '../shared/identity/accounts.ts'
import { identityArn } from '../shared/identity/arns.ts'
import { principalId, tiedPolicy, tiedPolicyText } from '../shared/identity/policy-principals.ts'
import type { TrustPolicy } from '../shared/identity/state.ts'
import {
  broadAccess,
  invalidParameter,
  malformedPolicy,
  publicPolicy,
  unsupportedPrincipal,
} from './errors.ts'
import { policyLengthMax } from './limits.ts'
import { isPublic } from './public-policy.ts'
import { judged, scopeOf, theActiveSecret, theOwnSecret, theSecret } from './references.ts'
import { replicate } from './replicas.ts'
import { secretArn, secrets } from './state.ts'

export const putResourcePolicy = operation(PutResourcePolicy, {
  scope: scopeOf,
  authorize: ({ SecretId, BlockPublicPolicy }, ctx) =>
    judged(
      ctx,
      SecretId,
      BlockPublicPolicy === undefined
        ? {}
        : { 'secretsmanager:BlockPublicPolicy': BlockPublicPolicy },
    ),
  provenance: 'modelled',
  refuses: ['PolicyName'],
  run(ctx, { SecretId, ResourcePolicy, BlockPublicPolicy = false }) {
    const { arn, name } = theOwnSecret(ctx, SecretId)
    const policy = readPolicy(ctx, ResourcePolicy)
    if (BlockPublicPolicy && isPublic(policy.document, arn)) throw publicPolicy()
    secrets.update(ctx, name, { policy })
    replicate(ctx, name)
    return { ARN: arn, Name: name }
  },
})

export const getResourcePolicy = operation(GetResourcePolicy, {
  scope: scopeOf,
  authorize: ({ SecretId }, ctx) => judged(ctx, SecretId),
  provenance: 'recorded',
  refuses: ['PolicyName'],
  run(ctx, { SecretId }) {
    const { arn, name, policy } = theActiveSecret(ctx, SecretId)
    return {
      ARN: arn,
      Name: name,
      ...(policy === undefined ? {} : { ResourcePolicy: tiedPolicyText(ctx, policy) }),
    }
  },
})

export const deleteResourcePolicy = operation(DeleteResourcePolicy, {
  scope: scopeOf,
  authorize: ({ SecretId }, ctx) => judged(ctx, SecretId),
  provenance: 'modelled',
  refuses: ['PolicyName'],
  run(ctx, { SecretId }) {
    const { policy: _, ...secret } = theOwnSecret(ctx, SecretId)
    secrets.put(ctx, secret)
    replicate(ctx, secret.name)
    return { ARN: secret.arn, Name: secret.name }
  },
})

export const validateResourcePolicy = operation(ValidateResourcePolicy, {
  scope: scopeOf,
  authorize: ({ SecretId }, ctx) =>
    SecretId === undefined ? secretArn(ctx, '*') : judged(ctx, SecretId),
  provenance: 'modelled',
  run(ctx, { SecretId, ResourcePolicy }) {
    const arn = SecretId === undefined ? secretArn(ctx, '*') : theSecret(ctx, SecretId).arn
    const { document } = readPolicy(ctx, ResourcePolicy)
    if (!isPublic(document, arn)) return { PolicyValidationPassed: true, ValidationErrors: [] }
    // The name of the check is ours: AWS documents none.
    const ValidationErrors = [{ CheckName: 'PUBLIC_ACCESS', ErrorMessage: broadAccess }]
    return { PolicyValidationPassed: false, ValidationErrors }
  },
})

/** Reads a policy, and ties it to the users and roles that it names, which have to be there. */
function readPolicy(ctx: Context, text: string): TrustPolicy {
  if (text.length > policyLengthMax) {
    throw invalidParameter(`A resource policy can have at most ${policyLengthMax} characters.`)
  }
  let document: PolicyDocument
  try {
    document = parsePolicy(text, 'resource')
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw malformedPolicy('This policy contains invalid syntax.')
  }
  return tiedPolicy({ text, document }, (name) => {
    const id = principalIn(ctx, name)
    if (id === undefined) throw malformedPolicy(unsupportedPrincipal)
    return id
  })
}

/** Identities of accounts outside the model are taken for there. */
function principalIn(ctx: Context, name: string): string | undefined {
  if (name === '*' || /^\d{12}$/.test(name)) return name
  const arn = identityArn(name)
  if (arn === undefined) return undefined
  return accounts.has(ctx, arn.accountId) ? principalId(ctx, name) : name
}

/** Owner and policy of a secret. */
export function resourceAccess(ctx: Context, arn: string): ResourceAccess | undefined {
  const [, , , region = '', accountId = '', , name = ''] = arn.split(':')
  const secret = secrets.get(ctx.at({ accountId, region }), name.slice(0, -7))
  if (secret?.arn !== arn || secret.policy === undefined) return { accountId }
  return { accountId, policy: secret.policy.document }
}
