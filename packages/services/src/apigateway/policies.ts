import type { Scope } from '@cloud-orrery/kernel'
import type { PolicyDocument } from '@cloud-orrery/policy'
import { badRequest } from './errors.ts'

/** A policy's statement, as far as its resources go. */
interface Statement {
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
}

/**
 * A resource policy as it is kept: `execute-api:/stage/GET/pets` stands for the ARN of this very API.
 * Source: developer guide, "Create and attach an API Gateway resource policy to an API".
 */
export function savedPolicy(scope: Scope, apiId: string, text: string): string {
  const document = parsed(text)
  const whole = (resource: string) =>
    resource.replace(
      /^execute-api:\//,
      `arn:aws:execute-api:${scope.region}:${scope.accountId}:${apiId}/`,
    )
  const each = (value: string | readonly string[]) =>
    typeof value === 'string' ? whole(value) : value.map(whole)
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  const Statement = (statements as readonly Statement[]).map((statement) => ({
    ...statement,
    ...(statement.Resource === undefined ? {} : { Resource: each(statement.Resource) }),
    ...(statement.NotResource === undefined ? {} : { NotResource: each(statement.NotResource) }),
  }))
  return JSON.stringify({ ...document, Statement })
}

function parsed(text: string): { readonly Statement: unknown } {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw invalidPolicy()
  }
  if (typeof document !== 'object' || document === null || !('Statement' in document)) {
    throw invalidPolicy()
  }
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  if (statements.some((it) => typeof it !== 'object' || it === null)) throw invalidPolicy()
  return document
}

function invalidPolicy() {
  return badRequest(
    'Invalid policy document. Please check the policy syntax and ensure that Principals are valid.',
  )
}

/** AWS answers with the quotes of the document escaped, as inside a JSON string. */
export function shownPolicy(policy: string): string {
  return JSON.stringify(policy).slice(1, -1)
}

export function policyDocument(policy: string): PolicyDocument {
  // `savedPolicy` parsed and wrote it.
  return JSON.parse(policy) as PolicyDocument
}
