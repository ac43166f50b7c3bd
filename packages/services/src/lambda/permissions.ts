import { orderedKey } from '@cloud-orrery/kernel'
import {
  AddPermission,
  type AddPermissionRequest,
  GetPolicy,
  RemovePermission,
} from '@cloud-orrery/models/lambda'
import type { PolicyDocument } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation, type ResourceAccess } from '../define.ts'
import {
  conflict,
  invalid,
  notFound,
  policyTooLong,
  resourceNotFound,
  wrongRevision,
} from './errors.ts'
import { layerAddress } from './layers/used-layers.ts'
import { policyBytesMax } from './limits.ts'
import { changeVersion, type Found, found, judgedFunction, latest } from './lookup.ts'
import {
  type FunctionName,
  functionArn,
  namedFunction,
  readFunctionArn,
  scopeOfName,
} from './names.ts'
import {
  aliases,
  layerVersions,
  type PolicyRecord,
  type PolicyStatement,
  policies,
} from './state.ts'

export const addPermission = operation(AddPermission, {
  authorize: (input, ctx) =>
    judgedFunction(ctx, input.FunctionName, {
      context: {
        'lambda:Principal': input.Principal,
        ...(input.FunctionUrlAuthType === undefined
          ? {}
          : { 'lambda:FunctionUrlAuthType': input.FunctionUrlAuthType }),
      },
    }),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    if (named.qualifier === latest) {
      throw invalid('We currently do not support adding policies for $LATEST.')
    }
    const at = found(ctx, named)
    checkRevision(at, input.RevisionId)
    const policy = policyOf(ctx, named)
    if (policy?.statements.some(({ Sid }) => Sid === input.StatementId)) {
      throw conflict(
        `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      )
    }
    const statement = statementOf(ctx, input, functionArn(ctx, named))
    const statements = [...(policy?.statements ?? []), statement]
    if (Buffer.byteLength(documentText(statements)) > policyBytesMax) throw policyTooLong()
    keep(ctx, named, statements)
    revise(ctx, at)
    return { Statement: JSON.stringify(statement) }
  },
})

export const removePermission = operation(RemovePermission, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    const at = found(ctx, named)
    const policy = policyOf(ctx, named)
    if (policy === undefined) throw notFound('No policy is associated with the given resource.')
    const statements = policy.statements.filter(({ Sid }) => Sid !== input.StatementId)
    if (statements.length === policy.statements.length) {
      throw notFound(`Statement ${input.StatementId} is not found in resource policy.`)
    }
    checkRevision(at, input.RevisionId)
    keep(ctx, named, statements)
    revise(ctx, at)
    return {}
  },
})

export const getPolicy = operation(GetPolicy, {
  authorize: (input, ctx) => judgedFunction(ctx, input.FunctionName),
  provenance: 'recorded',
  scope: scopeOfName,
  run(ctx, input) {
    const named = namedFunction(ctx, input.FunctionName, input.Qualifier)
    const at = found(ctx, named)
    const policy = policyOf(ctx, named)
    if (policy === undefined) throw resourceNotFound()
    return { Policy: documentText(policy.statements), RevisionId: revisionOf(at) }
  },
})

function policyOf(ctx: Context, { name, qualifier = '' }: FunctionName): PolicyRecord | undefined {
  return policies.get(ctx, orderedKey(name, qualifier))
}

function keep(ctx: Context, named: FunctionName, statements: readonly PolicyStatement[]): void {
  const { name, qualifier = '' } = named
  if (statements.length === 0) policies.delete(ctx, orderedKey(name, qualifier))
  else policies.put(ctx, { functionName: name, qualifier, statements })
}

/** A policy has the revision of what it is of. Recorded: lambda GetPolicy, GetFunction. */
function revisionOf({ version, alias }: Found): string {
  return alias?.revisionId ?? version.revisionId
}

function revise(ctx: Context, { version, alias }: Found): void {
  if (alias === undefined) changeVersion(ctx, version, {})
  else aliases.put(ctx, { ...alias, revisionId: ctx.ids.uuid() })
}

function checkRevision(at: Found, revisionId: string | undefined): void {
  if (revisionId !== undefined && revisionId !== revisionOf(at)) throw wrongRevision('GetPolicy')
}

export function documentText(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements })
}

/** Recorded: lambda AddPermission: which condition each parameter becomes. */
function statementOf(ctx: Context, input: AddPermissionRequest, resource: string): PolicyStatement {
  const equals: Record<string, string> = {}
  if (input.SourceAccount !== undefined) equals['AWS:SourceAccount'] = input.SourceAccount
  if (input.EventSourceToken !== undefined) {
    equals['lambda:EventSourceToken'] = input.EventSourceToken
  }
  if (input.FunctionUrlAuthType !== undefined) {
    equals['lambda:FunctionUrlAuthType'] = input.FunctionUrlAuthType
  }
  if (input.PrincipalOrgID !== undefined) equals['aws:PrincipalOrgID'] = input.PrincipalOrgID
  const conditions: Record<string, Record<string, string>> = {}
  if (Object.keys(equals).length > 0) conditions['StringEquals'] = equals
  if (input.SourceArn !== undefined) conditions['ArnLike'] = { 'AWS:SourceArn': input.SourceArn }
  if (input.InvokedViaFunctionUrl !== undefined) {
    conditions['Bool'] = { 'lambda:InvokedViaFunctionUrl': String(input.InvokedViaFunctionUrl) }
  }
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principalOf(ctx, input.Principal),
    Action: input.Action,
    Resource: resource,
    ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
  }
}

/** Source: AddPermission, `Principal`: a service, an account, an ARN, or everybody. */
function principalOf(ctx: Context, principal: string): unknown {
  if (principal === '*') return '*'
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:${ctx.partition}:iam::${principal}:root` }
  if (/^arn:[^:]+:(iam|sts)::\d{12}:/.test(principal)) return { AWS: principal }
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(principal)) return { Service: principal }
  throw invalid('The provided principal was invalid. Please check the principal and try again.')
}

/** Parsed policies by their frozen record. */
const documents = new WeakMap<object, PolicyDocument>()

function documentOf(record: { readonly statements: readonly PolicyStatement[] }): PolicyDocument {
  let document = documents.get(record)
  if (document === undefined) {
    // Statements are made here, in the form of the policy grammar.
    document = { Version: '2012-10-17', Statement: record.statements } as unknown as PolicyDocument
    documents.set(record, document)
  }
  return document
}

/** Owner and resource policy of functions, their versions and aliases, and of layer versions. */
export function resourceAccess(ctx: Context, arn: string): ResourceAccess | undefined {
  const name = readFunctionArn(arn)
  if (name !== undefined) {
    const { accountId, region } = name
    const policy = policies.get(
      { store: ctx.store, accountId, region },
      orderedKey(name.name, name.qualifier ?? ''),
    )
    return policy === undefined ? { accountId } : { accountId, policy: documentOf(policy) }
  }
  const layer = layerAddress(arn)
  if (layer === undefined) return undefined
  const { accountId, region } = layer
  const version = layerVersions.get(
    { store: ctx.store, accountId, region },
    orderedKey(layer.name, layer.number),
  )
  if (version === undefined || version.statements.length === 0) return { accountId }
  return { accountId, policy: documentOf(version) }
}
