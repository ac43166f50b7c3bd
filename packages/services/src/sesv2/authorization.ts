import type { Authorization } from '../define.ts'

/** A permission of version 2 on a resource, with the version as its condition key. */
export function on(resource: string): Authorization {
  return { resource, context: { 'ses:ApiVersion': '2' } }
}

/** Of actions that have no resource. */
export const anywhere = (): Authorization => on('*')
