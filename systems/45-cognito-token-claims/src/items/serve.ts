import { type Known, notYours } from '../access/decision.ts'
import { type Answer, answer } from './answers.ts'
import { itemsOf } from './records.ts'

/** The records of one project, or of all, to one whose projects are known. */
export async function serve(
  known: Known,
  projectId: string | undefined,
  lookups: number,
): Promise<Answer> {
  if (known.kind === 'refused') return answer(403, { message: known.message }, lookups)
  const { projects } = known
  if (projectId !== undefined && !projects.includes(projectId)) {
    return answer(403, { message: notYours(projectId) }, lookups)
  }
  const wanted = projectId === undefined ? projects : [projectId]
  const items = await Promise.all(wanted.map(itemsOf))
  return answer(200, { items: items.flat() }, lookups)
}
