import { iamActions } from '@cloud-orrery/models'
import {
  matchesAction,
  type OneOrMany,
  type PolicyDocument,
  PolicyError,
  parsePolicy,
  type Statement,
} from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { accounts } from '../shared/identity/accounts.ts'
import { roles, users } from '../shared/identity/state.ts'
import { malformedPolicy } from './errors.ts'
import { policyBytesMax } from './limits.ts'

/** Reads a bucket's policy and refuses it as S3 does. Throws MalformedPolicy. */
export function readBucketPolicy(ctx: Context, bucket: string, text: string): PolicyDocument {
  const document = parsed(text)
  if (Buffer.byteLength(JSON.stringify(document)) > policyBytesMax) {
    throw malformedPolicy(
      `Normalized policy document exceeds the maximum allowed size of ${policyBytesMax} bytes`,
    )
  }
  const { Statement } = document
  for (const statement of Array.isArray(Statement) ? Statement : [Statement as Statement]) {
    checkPrincipals(ctx, statement)
    checkActions(statement)
    checkResources(ctx, bucket, statement)
  }
  return document
}

function parsed(text: string): PolicyDocument {
  try {
    return parsePolicy(text, 'resource', { requireResource: true })
  } catch (error) {
    if (error instanceof PolicyError) throw malformedPolicy(error.message)
    throw error
  }
}

/** Users and roles that a policy names must be there, as far as their accounts are in the model. */
function checkPrincipals(ctx: Context, { Principal, NotPrincipal }: Statement): void {
  const element = Principal ?? NotPrincipal
  if (element === undefined || element === '*') return
  for (const name of list(element.AWS)) {
    if (!isKnown(ctx, name)) {
      throw malformedPolicy('Invalid principal in policy', `"AWS" : "${name}"`)
    }
  }
}

const entityArn = /^arn:[^:]+:iam::(?<account>\d{12}):(?<kind>user|role)\/(?:.*\/)?(?<name>[^/]+)$/

function isKnown(ctx: Context, principal: string): boolean {
  const { account = '', kind, name = '' } = entityArn.exec(principal)?.groups ?? {}
  if (kind === undefined || !accounts.has(ctx, account)) return true
  const there = ctx.at({ accountId: account })
  return (kind === 'user' ? users : roles).has(there, name.toLowerCase())
}

function checkActions({ Action, NotAction }: Statement): void {
  for (const action of list(Action ?? NotAction)) {
    if (action !== '*' && actionsOf(action).length === 0) {
      throw malformedPolicy('Policy has invalid action', action)
    }
  }
}

/** S3's actions that a pattern stands for. */
function actionsOf(pattern: string): string[] {
  const known = Object.keys(iamActions('s3') ?? {})
  return known.filter((name) => matchesAction(pattern, `s3:${name}`))
}

/** Each resource is the bucket or something in it, and some action applies to one of them. */
function checkResources(ctx: Context, bucket: string, statement: Statement): void {
  const { Action, Resource, NotResource } = statement
  const own = `arn:${ctx.partition}:s3:::${bucket}`
  const resources = list(Resource ?? NotResource)
  for (const resource of resources) {
    if (
      resource !== '*' &&
      resource !== own &&
      !resource.startsWith(`${own}/`) &&
      !wild(own, resource)
    ) {
      throw malformedPolicy('Policy has invalid resource', resource)
    }
  }
  if (Action === undefined || Resource === undefined) return
  const applies = list(Action).some((action) =>
    resources.some((resource) => appliesTo(action, resource)),
  )
  if (!applies) {
    throw malformedPolicy('Action does not apply to any resource(s) in statement')
  }
}

/** `arn:aws:s3:::buck*`: a pattern that takes the bucket in. */
function wild(own: string, resource: string): boolean {
  const star = resource.search(/[*?]/)
  return star >= 0 && own.startsWith(resource.slice(0, star))
}

function appliesTo(action: string, resource: string): boolean {
  if (action === '*' || resource === '*') return true
  const kind = resource.includes('/') ? 'object' : 'bucket'
  const ofBoth = resource.includes('*') && !resource.includes('/')
  const all = iamActions('s3') ?? {}
  return actionsOf(action).some((name) => {
    const kinds = (all[name]?.resources ?? []).map((one) => one.name)
    return kinds.length === 0 || ofBoth || kinds.includes(kind)
  })
}

function list(value: OneOrMany | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}
