import { readdirSync, readFileSync } from 'node:fs'

const msPerTick = 10

/** Fields of `/proc/PID/stat` after the name, which may have spaces; undefined where there is none. Source: proc(5). */
function statOf(pid: number): number[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
  } catch {
    return undefined // No Linux, or the process has ended.
  }
}

/** Processor time that a process has taken, in ms; undefined where the machine does not tell it. */
export function processorMs(pid: number | undefined): number | undefined {
  const stat = pid === undefined ? undefined : statOf(pid)
  if (stat === undefined) return undefined
  const [user = 0, system = 0] = stat.slice(11, 13)
  return (user + system) * msPerTick
}

/** The same of all processes below one, with those of them that have ended; 0 where the machine does not tell it. */
export function processorMsBelow(pid: number): number {
  const parents = new Map<number, { parent: number; ticks: number }>()
  for (const name of namesIn('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
    if (stat === undefined) continue
    const ticks = stat.slice(11, 15).reduce((sum, one) => sum + one, 0)
    parents.set(Number(name), { parent: stat[1] ?? 0, ticks })
  }
  const isBelow = (one: number): boolean => {
    const parent = parents.get(one)?.parent
    return parent !== undefined && parent > 1 && (parent === pid || isBelow(parent))
  }
  let ticks = 0
  for (const [one, it] of parents) if (isBelow(one)) ticks += it.ticks
  return ticks * msPerTick
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // No Linux.
  }
}
