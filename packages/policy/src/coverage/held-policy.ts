import type { PolicyDocument } from '../document.ts'
import type { AuthorizationRequest, Principal } from '../request.ts'

/** What a policy is there for. `trust`: who may assume a role. */
export type HeldPolicyType = 'identity' | 'boundary' | 'resource' | 'trust'

/** A policy that is there, with whom or what it belongs to. */
export interface HeldPolicy {
  readonly type: HeldPolicyType
  /** ARN of the user or role, for `resource` and `trust` that of the resource. */
  readonly owner: string
  /** As explanations name it: `inline policy "x" of role y`, a managed policy's ARN. */
  readonly source: string
  readonly document: PolicyDocument
}

/** A request that was judged in a run. */
export interface AskedRequest {
  readonly request: AuthorizationRequest
  readonly allowed: boolean
  /** The policy of the resource that was judged with it. */
  readonly resourceDocument?: PolicyDocument
  /** How often just this was asked. */
  readonly uses: number
  /** The first call that asked: its journal number and its name. */
  readonly firstCall: CallName
}

export interface CallName {
  readonly sequence: number
  /** `sqs.SendMessage` */
  readonly name: string
}

/** Whose identity-based policies a principal has: a session its role's, a federated user its issuer's. */
export function identityOwner(principal: Principal): string | undefined {
  switch (principal.kind) {
    case 'user':
      return principal.arn
    case 'role-session':
      return principal.roleArn
    case 'federated-user':
      return principal.issuerArn
    case 'root':
    case 'federated':
    case 'service':
    case 'anonymous':
      return undefined
  }
}

/** Whether a policy had a say in a request. */
export function bearsOn(held: HeldPolicy, asked: AskedRequest): boolean {
  const { request, resourceDocument } = asked
  switch (held.type) {
    case 'identity':
    case 'boundary':
      return identityOwner(request.principal) === held.owner
    case 'trust':
      return request.resource === held.owner && request.action.toLowerCase().startsWith('sts:')
    case 'resource':
      // A policy that was written anew meanwhile is judged by what was asked of its resource before.
      return resourceDocument === held.document || isWithin(request.resource, held.owner)
  }
}

/** An object is within its bucket, an alias of a function within the function. */
function isWithin(resource: string, owner: string): boolean {
  if (!resource.startsWith(owner)) return false
  const next = resource.charAt(owner.length)
  return next === '' || next === '/' || next === ':'
}
