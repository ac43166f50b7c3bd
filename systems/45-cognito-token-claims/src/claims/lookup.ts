import { projectsInTable } from '../user-info.ts'
import type { Lookup } from './logic.ts'
import { countLookup } from './metrics.ts'

/** One read of the table. Never throws: a person whose projects cannot be read signs in without any. */
export async function lookUp(userName: string): Promise<Lookup> {
  const lookup = await read(userName)
  countLookup(lookup)
  return lookup
}

async function read(userName: string): Promise<Lookup> {
  try {
    const projects = await projectsInTable(userName)
    return projects.length === 0 ? { kind: 'none' } : { kind: 'found', projects }
  } catch (error) {
    // Whatever it was: the token is issued without projects, the log says why, the alarm goes off.
    console.error('The projects could not be read.', error)
    return { kind: 'failed' }
  }
}
