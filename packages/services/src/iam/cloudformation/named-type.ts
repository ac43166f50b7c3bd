import type { ResourceType } from '@cloud-orrery/models'

/**
 * A type whose identifier is a property that templates may leave out: handlers keep the name that was chosen
 * in the state, beside the attributes of the schema.
 */
export function withName<P, A, N extends keyof P & string>(
  descriptor: ResourceType<P, A>,
  _name: N,
): ResourceType<P, A & Readonly<Record<N, string>>> {
  // The descriptor holds no attributes itself; its type only says what a state has.
  return descriptor as ResourceType<P, A & Readonly<Record<N, string>>>
}
