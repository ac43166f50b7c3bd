import { ContextReader } from '../context.ts'
import { decide } from '../decide.ts'
import type { AuthorizationRequest, PolicySet, RequestContext } from '../request.ts'
import { compile, type Facts, isMiss, judge, toList } from '../statement.ts'

/** A permission that a principal's own policies had to give, as a run asked for it. */
export interface Need {
  readonly action: string
  /** As it was judged: an ARN, or `*`. */
  readonly resource: string
  readonly context: RequestContext
  /** Patterns of the statements that gave it, wherever they name this resource with a wildcard. */
  readonly written: readonly string[]
  /** How often it was asked for. */
  readonly uses: number
  /** The journal's number of the first call that asked. */
  readonly firstCall: number
}

/** Which part of the policies a request leaned on. */
export interface Leaning {
  readonly written: readonly string[]
}

/**
 * What an allowed request owes to its principal's own policies; undefined where it is allowed without any
 * of them, by the resource's policy alone or because the principal is root.
 */
export function leaningOf(request: AuthorizationRequest, policies: PolicySet): Leaning | undefined {
  if (decide(request, { ...policies, identity: [] }).allowed) return undefined
  const facts: Facts = {
    principal: request.principal,
    lowerCaseAction: request.action.toLowerCase(),
    resource: request.resource,
    context: new ContextReader(request),
  }
  const written = new Set<string>()
  for (const { document } of policies.identity) {
    for (const statement of compile(document)) {
      if (statement.effect !== 'Allow' || statement.resources?.not !== false) continue
      if (isMiss(judge(statement, facts, false))) continue
      for (const [i, text] of toList(statement.written.Resource).entries()) {
        const pattern = statement.resources.names[i]
        if (pattern === undefined || pattern.template.hasVariables) continue
        if (pattern.matches(request.resource, facts.context)) written.add(text)
      }
    }
  }
  return { written: [...written].sort() }
}
