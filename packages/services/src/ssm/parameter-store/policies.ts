import type { ParameterInlinePolicy } from '@cloud-orrery/models/ssm'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { announcePolicyAction } from './change-events.ts'
import { removeParameter } from './deletion.ts'
import {
  policiesIncompatible,
  policyAttributeInvalid,
  policyTypeInvalid,
  tooManyPolicies,
} from './errors.ts'
import { policiesMax } from './limits.ts'
import { theNumbered } from './names.ts'
import { type ParameterPolicy, type ParameterRecord, parameters } from './state.ts'

const hourMs = 3_600_000
const unitMs: Readonly<Record<string, number>> = { Days: 24 * hourMs, Hours: hourMs }

/** What a policy says, with times in ms. */
type Policy =
  | { readonly type: 'Expiration'; readonly atMs: number }
  | { readonly type: 'ExpirationNotification'; readonly beforeMs: number }
  | { readonly type: 'NoChangeNotification'; readonly afterMs: number }

/** Policies of a request: a JSON array; `[]` and `[{}]` take all away. */
export function parsePolicies(json: string): ParameterPolicy[] {
  const written = list(json).filter((it) => Object.keys(it).length > 0)
  if (written.length > policiesMax) throw tooManyPolicies()
  const policies = written.map((it) => ({ said: policyOf(it), text: JSON.stringify(it) }))
  const expirations = policies.filter(({ said }) => said.type === 'Expiration').length
  if (expirations > 1) {
    throw policiesIncompatible("You can't specify two Expiration policies for a parameter.")
  }
  if (expirations === 0 && policies.some(({ said }) => said.type === 'ExpirationNotification')) {
    throw policiesIncompatible('An ExpirationNotification policy requires an Expiration policy.')
  }
  return policies.map(({ said, text }) => ({ type: said.type, text, status: 'Pending' }))
}

/** Schedules what the policies of a parameter ask for, in place of what was pending. Returns the tasks. */
export function schedulePolicies(ctx: Context, parameter: ParameterRecord): string[] {
  for (const id of parameter.taskIds) ctx.cancel(id)
  const { name, createdAtMs } = parameter
  return parameter.policies.flatMap((policy, index) => {
    const dueMs = dueMsOf(ctx, parameter, policy)
    if (dueMs === undefined || policy.status === 'Finished') return []
    const input = { name, createdAtMs, index, text: policy.text }
    return [ctx.after(Math.max(0, dueMs - ctx.now()), applyPolicy, input)]
  })
}

interface PolicyDue {
  readonly name: string
  readonly createdAtMs: number
  readonly index: number
  readonly text: string
}

/** A policy's moment has come: the parameter expires, or someone is told. */
export const applyPolicy = task<PolicyDue>('ssm.applyParameterPolicy', {
  run(ctx, { name, createdAtMs, index, text }) {
    const parameter = parameters.get(ctx, name)
    const policy = parameter?.policies[index]
    if (parameter?.createdAtMs !== createdAtMs || policy?.text !== text) return
    const latest = theNumbered(ctx, parameter, parameter.version)
    if (policy.type === 'Expiration') {
      announcePolicyAction(ctx, parameter, latest, policy, 'The parameter has expired.')
      removeParameter(ctx, parameter)
      return
    }
    const reason =
      policy.type === 'ExpirationNotification'
        ? 'The parameter is about to expire.'
        : 'The parameter has not changed.'
    announcePolicyAction(ctx, parameter, latest, policy, reason)
    const policies = parameter.policies.map((it, at) =>
      at === index ? { ...it, status: 'Finished' as const } : it,
    )
    parameters.update(ctx, name, { policies })
  },
})

/** A change starts the time of `NoChangeNotification` anew. */
export function renewed(policies: readonly ParameterPolicy[]): ParameterPolicy[] {
  return policies.map((it) =>
    it.type === 'NoChangeNotification' ? { ...it, status: 'Pending' } : { ...it },
  )
}

export function shownPolicies(policies: readonly ParameterPolicy[]): ParameterInlinePolicy[] {
  return policies.map(({ text, type, status }) => ({
    PolicyText: text,
    PolicyType: type,
    PolicyStatus: status,
  }))
}

function dueMsOf(
  ctx: Context,
  parameter: ParameterRecord,
  policy: ParameterPolicy,
): number | undefined {
  const said = policyOf(JSON.parse(policy.text))
  if (said.type === 'Expiration') return said.atMs
  if (said.type === 'NoChangeNotification') {
    return theNumbered(ctx, parameter, parameter.version).lastModifiedAtMs + said.afterMs
  }
  for (const { type, text } of parameter.policies) {
    const other = type === 'Expiration' ? policyOf(JSON.parse(text)) : undefined
    if (other?.type === 'Expiration') return other.atMs - said.beforeMs
  }
  return undefined
}

function list(json: string): object[] {
  try {
    const value: unknown = JSON.parse(json)
    if (Array.isArray(value) && value.every((it) => typeof it === 'object' && it !== null)) {
      return value
    }
  } catch {
    // Not JSON: refused as what is no array of policies.
  }
  throw policyAttributeInvalid('Policies must be a JSON array of policy objects.')
}

function policyOf(written: object): Policy {
  const { Type, Attributes } = written as { Type?: unknown; Attributes?: unknown }
  const attributes = (typeof Attributes === 'object' ? Attributes : null) ?? {}
  const { Timestamp, Before, After, Unit } = attributes as Readonly<Record<string, unknown>>
  switch (Type) {
    case 'Expiration': {
      const atMs = Date.parse(String(Timestamp))
      if (Number.isNaN(atMs)) throw policyAttributeInvalid('Timestamp of Expiration is not a date.')
      return { type: Type, atMs }
    }
    case 'ExpirationNotification':
      return { type: Type, beforeMs: spanMs(Type, 'Before', Before, Unit) }
    case 'NoChangeNotification':
      return { type: Type, afterMs: spanMs(Type, 'After', After, Unit) }
    default:
      throw policyTypeInvalid(String(Type))
  }
}

function spanMs(type: string, name: string, value: unknown, unit: unknown): number {
  const count = Number(value)
  const each = unitMs[String(unit)]
  if (!Number.isInteger(count) || count < 1 || each === undefined) {
    throw policyAttributeInvalid(`${name} of ${type} must be a whole number of Days or Hours.`)
  }
  return count * each
}
