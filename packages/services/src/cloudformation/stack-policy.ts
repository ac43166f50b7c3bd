import { GetStackPolicy, SetStackPolicy } from '@cloud-orrery/models/cloudformation'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { operations } from './apply/operation.ts'
import { isList, isObject, type Json, type JsonObject } from './engine/json.ts'
import { stackNotReady, stackWithIdMissing, validationError } from './errors.ts'
import { stackPolicyBytesMax } from './limits.ts'
import { aboutStack, stackOrThrow } from './stack-lookup.ts'
import { stacks } from './state.ts'
import { textOfUrl } from './template-source.ts'

export const setStackPolicy = operation(SetStackPolicy, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName, input),
  provenance: 'recorded',
  async run(ctx, { StackName, StackPolicyBody, StackPolicyURL }) {
    const found = stackOrThrow(ctx, StackName, stackWithIdMissing)
    const policy = await givenPolicy(ctx, StackPolicyBody, StackPolicyURL)
    if (policy === undefined) {
      throw validationError('You must specify either StackPolicyURL or StackPolicyBody')
    }
    const stack = stackOrThrow(ctx, found.stackId, stackWithIdMissing)
    if (/^DELETE_(IN_PROGRESS|COMPLETE)$/.test(stack.status))
      throw stackNotReady(stack.stackId, stack.status)
    stacks.update(ctx, stack.stackId, { policy })
    return {}
  },
})

export const getStackPolicy = operation(GetStackPolicy, {
  authorize: (input, ctx) => aboutStack(ctx, input.StackName),
  provenance: 'recorded',
  run(ctx, { StackName }) {
    const stack = stackOrThrow(ctx, StackName, stackWithIdMissing)
    // Recorded: test_policy_during_update.
    const updating = stack.status.startsWith('UPDATE_') && stack.status.endsWith('_IN_PROGRESS')
    const during = updating ? operations.get(ctx, stack.stackId)?.policyDuringUpdate : undefined
    const policy = during ?? stack.policy
    return policy === undefined ? {} : { StackPolicyBody: policy }
  },
})

/** The stack policy of a request, checked. Undefined: it has none. Recorded: TestStackPolicy. */
export async function givenPolicy(
  ctx: Context,
  body: string | undefined,
  url: string | undefined,
): Promise<string | undefined> {
  if (body !== undefined && url !== undefined) {
    throw validationError('You cannot specify both StackPolicyURL and StackPolicyBody')
  }
  const text = url === undefined ? body : await textOfUrl(ctx, url)
  if (text === undefined) return undefined
  if (Buffer.byteLength(text) > stackPolicyBytesMax) {
    throw validationError(`StackPolicyBody may not exceed ${stackPolicyBytesMax} bytes in size.`)
  }
  if (statementsOf(text) === undefined) {
    throw validationError('Error validating stack policy: Invalid stack policy')
  }
  return text
}

interface Statement {
  readonly deny: boolean
  readonly actions: readonly string[]
  readonly exceptActions: boolean
  readonly resources: readonly string[]
  readonly exceptResources: boolean
  /** `ResourceType` conditions: operator and patterns. */
  readonly types: readonly { readonly like: boolean; readonly patterns: readonly string[] }[]
}

const actionNames = new Set(['Update:*', 'Update:Modify', 'Update:Replace', 'Update:Delete', '*'])

/** The statements of a policy; undefined where it is no stack policy. `{}` has none and denies nothing. */
function statementsOf(text: string): readonly Statement[] | undefined {
  let policy: Json
  try {
    policy = JSON.parse(text) as Json // `JSON.parse` gives nothing else.
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  if (!isObject(policy)) return undefined
  const given = policy['Statement']
  if (given === undefined) return Object.keys(policy).length === 0 ? [] : undefined
  const list: readonly Json[] = isList(given) ? given : [given]
  const statements = list.map(statementOf)
  return statements.every((each) => each !== undefined) ? statements : undefined
}

function statementOf(value: Json): Statement | undefined {
  if (!isObject(value)) return undefined
  const { Effect, Principal } = value
  const actions = strings(value['Action'] ?? value['NotAction'])
  const resources = strings(value['Resource'] ?? value['NotResource'])
  const types = conditions(value['Condition'])
  if (Effect !== 'Allow' && Effect !== 'Deny') return undefined
  if (
    Principal !== '*' &&
    !(isObject(Principal ?? null) && (Principal as JsonObject)['AWS'] === '*')
  )
    return undefined
  if (actions === undefined || actions.some((action) => !actionNames.has(action))) return undefined
  if (resources === undefined || types === undefined) return undefined
  if (resources.some((each) => each !== '*' && !each.startsWith('LogicalResourceId/')))
    return undefined
  return {
    deny: Effect === 'Deny',
    actions,
    exceptActions: value['Action'] === undefined,
    resources,
    exceptResources: value['Resource'] === undefined,
    types,
  }
}

function strings(value: Json | undefined): readonly string[] | undefined {
  const list: readonly Json[] = isList(value) ? value : value === undefined ? [] : [value]
  const texts = list.filter((item) => typeof item === 'string')
  return texts.length === list.length && texts.length > 0 ? texts : undefined
}

function conditions(value: Json | undefined): Statement['types'] | undefined {
  if (value === undefined) return []
  if (!isObject(value)) return undefined
  const types: { like: boolean; patterns: readonly string[] }[] = []
  for (const [operator, keys] of Object.entries(value)) {
    if (operator !== 'StringEquals' && operator !== 'StringLike') return undefined
    const patterns = isObject(keys) ? strings(keys['ResourceType']) : undefined
    if (patterns === undefined) return undefined
    types.push({ like: operator === 'StringLike', patterns })
  }
  return types
}

export interface UpdatedResource {
  readonly logicalId: string
  readonly type: string
}

/**
 * Why a stack policy stops an update of a resource; undefined if it does not. `during` replaces the
 * stack's own policy for one update. Where a policy is set, what no statement allows is denied.
 */
export function policyDenial(
  policy: string | undefined,
  during: string | undefined,
  resource: UpdatedResource,
  verb: 'Modify' | 'Replace' | 'Delete',
): string | undefined {
  const text = during ?? policy
  const statements = text === undefined ? [] : (statementsOf(text) ?? [])
  if (statements.length === 0) return undefined
  const action = `Update:${verb}`
  const applying = statements.map((statement) => applies(statement, resource, action))
  const denying = statements.findIndex(({ deny }, i) => deny && applying[i] === true)
  if (denying !== -1) {
    return `Action denied by stack policy: Statement [#${denying + 1}] does not allow [${action}] for resource [LogicalResourceId/${resource.logicalId}]`
  }
  const allowed = statements.some(({ deny }, i) => !deny && applying[i] === true)
  return allowed
    ? undefined
    : `Action not allowed by stack policy: no statement allows [${action}] for resource [LogicalResourceId/${resource.logicalId}]`
}

function applies(
  statement: Statement,
  { logicalId, type }: UpdatedResource,
  action: string,
): boolean {
  const { actions, exceptActions, resources, exceptResources, types } = statement
  const named = actions.some((each) => each === action || each === 'Update:*' || each === '*')
  const meant = resources.some(
    (each) => each === '*' || matches(each, `LogicalResourceId/${logicalId}`),
  )
  return (
    named !== exceptActions &&
    meant !== exceptResources &&
    types.every(({ like, patterns }) =>
      patterns.some((pattern) => (like ? matches(pattern, type) : pattern === type)),
    )
  )
}

/** `*` stands for any text. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  const [first = ''] = parts
  if (!text.startsWith(first)) return false
  if (parts.length === 1) return text === first
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  const last = parts.at(-1) ?? ''
  return text.length - at >= last.length && text.endsWith(last)
}
