import type { ClockMode } from '@cloud-orrery/kernel'
import { UsageError } from './command.ts'

export const defaultPort = 4566

/** Options that most commands share, in the form of `parseArgs`. */
export const portOption = { port: { type: 'string' } } as const
export const placeOptions = { account: { type: 'string' }, region: { type: 'string' } } as const
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

/** A whole number in a range, ends included. Undefined stays so. */
export function countOf(
  text: string | undefined,
  option: string,
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (/^\d{1,16}$/.test(text) && count >= min && count <= max) return count
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`
  throw new UsageError(`'${text}' is no number for ${option}.`, `Give a whole number ${range}.`)
}

/** From 0 to 1. Undefined stays so. */
export function probabilityOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d*\.?\d+$/.test(text) && Number(text) <= 1) return Number(text)
  throw new UsageError(`'${text}' is no probability.`, 'Give a number from 0 to 1, such as 0.25.')
}

/** Undefined stays so. */
export function accountOf(text: string | undefined): string | undefined {
  if (text === undefined || /^\d{12}$/.test(text)) return text
  throw new UsageError(`'${text}' is no account.`, 'Give twelve digits.')
}

/** Any name in the form of AWS's, so that new regions work. Undefined stays so. */
export function regionOf(text: string | undefined): string | undefined {
  if (text === undefined || /^[a-z]{2}(-[a-z]+)+-\d+$/.test(text)) return text
  throw new UsageError(`'${text}' is no region.`, 'Give a name such as eu-west-1.')
}

/** Refuses words that the command does not know what to do with. */
export function atMost(count: number, positionals: readonly string[]): void {
  const extra = positionals[count]
  if (extra === undefined) return
  throw new UsageError(`'${extra}' is one word too many.`, 'Quote what belongs together.')
}

/** The options of a place, without what was not given. */
export function placeOf(values: { account?: string | undefined; region?: string | undefined }): {
  accountId?: string
  region?: string
} {
  const [accountId, region] = [accountOf(values.account), regionOf(values.region)]
  return {
    ...(accountId === undefined ? {} : { accountId }),
    ...(region === undefined ? {} : { region }),
  }
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

/** How model time runs. Default: with the wall. */
export function clockModeOf(text = 'real'): ClockMode {
  const factor = /^fast=(\d+(?:\.\d+)?)$/.exec(text)?.[1]
  if (factor !== undefined && Number(factor) > 0) return { kind: 'fast', factor: Number(factor) }
  if (text === 'real' || text === 'held' || text === 'skip') return { kind: text }
  throw new UsageError(`'${text}' is no way to run a clock.`, 'Give real, held, fast=N or skip.')
}
