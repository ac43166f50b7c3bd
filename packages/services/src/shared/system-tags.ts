import type { Context } from '../context.ts'

/**
 * Whether the caller may not set a tag key: those that start with `aws:` are AWS's own. CloudFormation, which
 * calls with the deployer's identity, sets `aws:cloudformation:stack-name` and its like.
 * Source: Tagging AWS Resources User Guide, "Tag naming limits and requirements".
 */
export function isReservedTag({ caller }: Context, key: string): boolean {
  return /^aws:/i.test(key) && caller.invokedBy !== 'cloudformation.amazonaws.com'
}
