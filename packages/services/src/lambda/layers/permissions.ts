import { orderedKey } from '@cloud-orrery/kernel'
import {
  AddLayerVersionPermission,
  GetLayerVersionPolicy,
  RemoveLayerVersionPermission,
} from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { conflict, invalid, notFound, wrongRevision } from '../errors.ts'
import { documentText } from '../permissions.ts'
import { type LayerVersionRecord, layerVersions, type PolicyStatement } from '../state.ts'
import { scopeOfLayer, theLayerVersion, versionArn } from './layers.ts'

export const addLayerVersionPermission = operation(AddLayerVersionPermission, {
  authorize: (input, ctx) => versionArn(ctx, input.LayerName, input.VersionNumber),
  provenance: 'recorded',
  scope: scopeOfLayer,
  run(ctx, input) {
    const version = theLayerVersion(ctx, input.LayerName, input.VersionNumber)
    const { StatementId, OrganizationId } = input
    checkRevision(version, input.RevisionId)
    if (version.statements.some(({ Sid }) => Sid === StatementId)) {
      throw conflict(
        `The statement id (${StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      )
    }
    const statement: PolicyStatement = {
      Sid: StatementId,
      Effect: 'Allow',
      Principal: principalOf(ctx, input.Principal),
      Action: input.Action,
      Resource: version.arn,
      ...(OrganizationId === undefined
        ? {}
        : { Condition: { StringEquals: { 'aws:PrincipalOrgID': OrganizationId } } }),
    }
    const { revisionId } = keep(ctx, version, [...version.statements, statement])
    return { Statement: JSON.stringify(statement), RevisionId: revisionId }
  },
})

export const removeLayerVersionPermission = operation(RemoveLayerVersionPermission, {
  authorize: (input, ctx) => versionArn(ctx, input.LayerName, input.VersionNumber),
  provenance: 'recorded',
  scope: scopeOfLayer,
  run(ctx, input) {
    const version = theLayerVersion(ctx, input.LayerName, input.VersionNumber)
    checkRevision(version, input.RevisionId)
    const rest = version.statements.filter(({ Sid }) => Sid !== input.StatementId)
    if (rest.length === version.statements.length) {
      throw notFound(`Statement ${input.StatementId} is not found in resource policy.`)
    }
    keep(ctx, version, rest)
    return {}
  },
})

export const getLayerVersionPolicy = operation(GetLayerVersionPolicy, {
  authorize: (input, ctx) => versionArn(ctx, input.LayerName, input.VersionNumber),
  provenance: 'recorded',
  scope: scopeOfLayer,
  run(ctx, { LayerName, VersionNumber }) {
    const { statements, revisionId } = theLayerVersion(ctx, LayerName, VersionNumber)
    if (statements.length === 0) throw notFound('No policy is associated with the given resource.')
    return { Policy: documentText(statements), RevisionId: revisionId }
  },
})

function keep(
  ctx: Context,
  version: LayerVersionRecord,
  statements: readonly PolicyStatement[],
): LayerVersionRecord {
  const key = orderedKey(version.layerName, version.number)
  return layerVersions.update(ctx, key, { statements, revisionId: ctx.ids.uuid() })
}

function checkRevision(version: LayerVersionRecord, revisionId: string | undefined): void {
  if (revisionId !== undefined && revisionId !== version.revisionId) {
    throw wrongRevision('GetLayerPolicy')
  }
}

function principalOf(ctx: Context, principal: string): unknown {
  if (principal === '*') return '*'
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:${ctx.partition}:iam::${principal}:root` }
  if (principal.startsWith('arn:')) return { AWS: principal }
  throw invalid('The provided principal was invalid. Please check the principal and try again.')
}
