import { PolicyError, parsePolicy, type SourcedPolicy } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { attachedPolicy } from '../shared/identity/policies.ts'
import type { Tags } from '../shared/identity/state.ts'
import { malformedPolicy, packedPolicyTooLarge } from './errors.ts'
import { packedBytesMax } from './limits.ts'

interface SessionPolicyInput {
  readonly Policy?: string | undefined
  readonly PolicyArns?: readonly { readonly arn?: string | undefined }[] | undefined
}

/** The policies that a caller puts on a session; undefined where it puts none. */
export function readSessionPolicies(
  ctx: Context,
  { Policy, PolicyArns = [] }: SessionPolicyInput,
): readonly SourcedPolicy[] | undefined {
  if (Policy === undefined && PolicyArns.length === 0) return undefined
  const inline: SourcedPolicy[] = Policy === undefined ? [] : [inlinePolicy(Policy)]
  const managed = PolicyArns.map(({ arn = '' }) => {
    const policy = attachedPolicy(ctx, arn)
    if (policy === undefined) throw malformedPolicy(`Policy with ARN ${arn} does not exist.`)
    return policy
  })
  return [...inline, ...managed]
}

function inlinePolicy(text: string): SourcedPolicy {
  try {
    return { source: 'session policy', document: parsePolicy(text, 'session') }
  } catch (error) {
    if (error instanceof PolicyError) throw malformedPolicy(error.message)
    throw error
  }
}

/**
 * How full the packed policies and tags are, in percent; nothing where the session has none.
 * Deviation: AWS packs them in a form of its own; here it is the length of the text.
 */
export function packedSize(
  { Policy, PolicyArns = [] }: SessionPolicyInput,
  tags: Tags,
): { PackedPolicySize?: number } {
  const texts = [
    ...(Policy === undefined ? [] : [Policy.replaceAll(/\s/g, '')]),
    ...PolicyArns.map(({ arn = '' }) => arn),
    ...Object.entries(tags).flat(),
  ]
  if (texts.length === 0) return {}
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const percent = Math.ceil((bytes / packedBytesMax) * 100)
  if (percent > 100) throw packedPolicyTooLarge(percent)
  return { PackedPolicySize: percent }
}
