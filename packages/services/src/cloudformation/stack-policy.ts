import type { Context } from '../context.ts'
import type { Operation } from './apply/operation.ts'
import type { Stack, StackResource } from './state.ts'

export async function givenPolicy(
  _ctx: Context,
  body: string | undefined,
  _url: string | undefined,
): Promise<string | undefined> {
  return body
}

/** Placeholder until stack policies are judged. */
export function policyDenial(
  _stack: Stack,
  _operation: Operation,
  _resource: StackResource,
  _action: 'Modify' | 'Replace' | 'Delete',
): string | undefined {
  return undefined
}
