import { listOf } from '../project-list.ts'

/** What the table said of a person. */
export type Lookup =
  | { readonly kind: 'found'; readonly projects: readonly string[] }
  /** There is no item of that name, or it names no project. */
  | { readonly kind: 'none' }
  /** The table did not answer. */
  | { readonly kind: 'failed' }

/**
 * Longest claim, characters. An HTTP API takes 10,240 bytes of request line and headers in all, a token is longer than
 * its claims by a third, and both tokens carry this one.
 */
export const claimLengthMax = 2_000

/** Why there is no claim `projects`: the claim `projectsState`. */
export type ProjectsState = 'none' | 'unknown' | 'lookup'

/**
 * The claims of a token. Without projects there is no claim `projects` at all, neither empty nor null: whoever reads it
 * lets nobody in. `projectsState` says why it is missing, so that nobody takes an outage for a right that was lost.
 */
export function claimsOf(userName: string, lookup: Lookup): Record<string, string> {
  const without = (projectsState: ProjectsState) => ({ userName, projectsState })
  switch (lookup.kind) {
    case 'none':
      return without('none')
    case 'failed':
      return without('unknown')
    case 'found': {
      const projects = listOf(lookup.projects)
      // Ids beyond that are looked up at each call: slower, but a request's headers stay within their bounds.
      return projects.length > claimLengthMax ? without('lookup') : { userName, projects }
    }
  }
}
