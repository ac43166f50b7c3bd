import type { Item } from '../items/records.ts'
import type { Session, Settings } from './login.ts'

export type Design = 'claim' | 'lookup'
export type Designs = Readonly<Record<Design, string>>

const prefixes: Designs = { claim: '', lookup: '/standard' }

interface Called {
  readonly items?: readonly Item[]
  readonly message: string
  /** How often the person's projects were looked up for it. */
  readonly lookups: number
}

/** One call of the API for the records of a project. */
export async function call(
  session: Session,
  { apiUrl }: Settings,
  design: Design,
  projectId: string,
): Promise<Called> {
  const path = `${prefixes[design]}/projects/${encodeURIComponent(projectId)}/items`
  const authorization = `Bearer ${await session.current()}`
  const answer = await fetch(`${apiUrl}${path}`, { headers: { authorization } })
  const { items, message = '' } = (await answer.json()) as Partial<Called> // The API's own.
  const lookups = Number(answer.headers.get('x-lookups') ?? 0)
  return answer.ok && items !== undefined ? { items, message, lookups } : { message, lookups }
}

/** Many calls, one after the other: lookups of all of them, and within how many ms half and 95 % of them ended. */
export async function measured(
  session: Session,
  settings: Settings,
  design: Design,
  projectId: string,
  calls: number,
): Promise<{ readonly lookups: number; readonly half: number; readonly most: number }> {
  const durations: number[] = []
  let lookups = 0
  for (let count = 0; count < calls; count += 1) {
    const startedAt = performance.now()
    lookups += (await call(session, settings, design, projectId)).lookups
    durations.push(performance.now() - startedAt)
  }
  durations.sort((one, other) => one - other)
  const within = (share: number) =>
    Math.round(durations[Math.ceil(durations.length * share) - 1] ?? 0)
  return { lookups, half: within(0.5), most: within(0.95) }
}
