import { projectsOf } from '../project-list.ts'

/** The claims of a token that an authorizer has verified. */
export type Claims = Readonly<Record<string, unknown>>

/** Someone's projects, where they are known. */
export type Known =
  | { readonly kind: 'listed'; readonly projects: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string }

/** What a token says of its holder's projects. `lookup`: they are too many for a token. */
export type Claimed = Known | { readonly kind: 'lookup'; readonly userName: string }

export const noProjects =
  'You have no project. Ask the site office to give you one, then sign in again.'
export const unknownProjects =
  'Your projects could not be read when you signed in. Sign in again in a moment.'

/** Reads the claims `projects` and `projectsState`; whatever is not understood lets nobody in. */
export function claimedBy({ projects, projectsState, userName }: Claims): Claimed {
  if (typeof projects === 'string') return listed(projectsOf(projects))
  if (projectsState === 'lookup' && typeof userName === 'string') {
    return { kind: 'lookup', userName }
  }
  const message = projectsState === 'unknown' ? unknownProjects : noProjects
  return { kind: 'refused', message }
}

export function listed(projects: readonly string[]): Known {
  return projects.length === 0
    ? { kind: 'refused', message: noProjects }
    : { kind: 'listed', projects }
}

export function notYours(projectId: string): string {
  return `${projectId} is not among your projects.`
}
