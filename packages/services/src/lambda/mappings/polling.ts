import type { Context } from '../../context.ts'
import { type Found, find } from '../lookup.ts'
import { readFunctionArn } from '../names.ts'
import type { MappingRecord } from './state.ts'

/** Whether a mapping takes what its source has. */
export function isPolling({ state }: MappingRecord): boolean {
  return state === 'Enabled' || state === 'Updating'
}

export function functionOf(ctx: Context, { functionArn }: MappingRecord): Found | undefined {
  const name = readFunctionArn(functionArn)
  return name === undefined ? undefined : find(ctx, name)
}
