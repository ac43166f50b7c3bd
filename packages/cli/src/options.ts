import { UsageError } from './command.ts'

export const defaultPort = 4566

/** Options that most commands share, in the form of `parseArgs`. */
export const portOption = { port: { type: 'string' } } as const
export const jsonOption = { json: { type: 'boolean' } } as const

export function portOf(text: string | undefined): number {
  if (text === undefined) return defaultPort
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`'${text}' is no port.`, 'Give a number from 0 to 65535.')
  }
  return port
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/** `90d`, `12h30m`, `1y` in milliseconds. A year has 365 days. */
export function durationOf(text: string | undefined): number {
  const parts = [...(text ?? '').matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/g)]
  if (text === undefined || parts.length === 0 || parts.map(([all]) => all).join('') !== text) {
    throw new UsageError(
      `'${text ?? ''}' is no duration.`,
      'Give one such as 90d, 12h30m, 45s or 1y; the clock only moves forward.',
    )
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0)
}

/** `K=V`, repeated. */
export function pairsOf(
  texts: readonly string[] | undefined,
  option: string,
): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (const text of texts ?? []) {
    const mark = text.indexOf('=')
    if (mark < 1) throw new UsageError(`'${text}' is not KEY=VALUE.`, `Write ${option} KEY=VALUE.`)
    pairs[text.slice(0, mark)] = text.slice(mark + 1)
  }
  return pairs
}
