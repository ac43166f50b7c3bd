import type { Finding } from './report.ts'

/** One acknowledgement of the app, whether something was found for it or not. */
export interface Acknowledgement {
  /** `AwsSolutions::AwsSolutions-S1` */
  readonly id: string
  readonly reason: string
  /** Of the construct that it is on. */
  readonly path: string
}

const reasonCharactersMin = 15

/** `GATE-12 until 2027-06-30: …`: who decided it, and until when. */
const ticketAndExpiry = /\b[A-Z][A-Z0-9]*-\d+\b.*?\buntil (\d{4}-\d{2}-\d{2})\b/

/**
 * Lines that say what is wrong with acknowledgements: a rule that no pack has, one that nothing was found for, a reason that
 * says nothing, no ticket, no day until which it holds, or a day that has passed. `today` is `YYYY-MM-DD`.
 */
export function lint(
  acknowledgements: readonly Acknowledgement[],
  found: readonly Finding[],
  ruleNames: ReadonlySet<string>,
  today: string,
): string[] {
  return acknowledgements.flatMap(({ id, reason, path }) => {
    const told = (what: string) => `${path}: the acknowledgement of ${id} ${what}`
    const rule = id.replace(/^.*?::/, '').replace(/\[.*$/s, '')
    if (!ruleNames.has(rule))
      return [told('names no rule of the packs. Look its id up in a report.')]
    const lines: string[] = []
    const until = ticketAndExpiry.exec(reason)?.[1]
    if (reason.trim().length < reasonCharactersMin) {
      lines.push(told(`has no reason of at least ${reasonCharactersMin} characters. Say why.`))
    } else if (until === undefined) {
      lines.push(
        told("names no ticket and day. Begin its reason with 'TICKET-1 until YYYY-MM-DD:'."),
      )
    } else if (until < today)
      lines.push(told(`ended on ${until}. Mend the finding, or decide anew.`))
    if (!found.some(({ acknowledgedAs }) => acknowledgedAs === id)) {
      lines.push(told('is for nothing: no resource has this finding. Remove it.'))
    }
    return lines
  })
}
