import type { Place } from '../world.ts'

/** A message that the cloud said it has, by its id. */
export interface Held {
  readonly id: string
  readonly token: string | undefined
  /** `maybe`: a deletion was answered that AWS need not carry out, such as by an older receipt handle. */
  state: 'there' | 'maybe' | 'gone'
  /** Not to be received before, ms: its delay. */
  readonly notBeforeMs: number
  /** Hidden at least until then, and visible again at the latest then; ms. */
  hiddenUntilMs: number
  visibleAtMs: number
  receives: number
  readonly handles: string[]
}

/** One thing that must come to a queue. */
export interface Awaited {
  /** False: it may come, and need not. */
  sure: boolean
  seen: boolean
  /** Sent to the queue itself, so that its message id is known. */
  readonly isDirect: boolean
  readonly via: string
  readonly group?: string | undefined
}

/** What one queue must hold, by all that was acknowledged. */
export interface QueueBook {
  readonly name: string
  readonly place: Place
  readonly url: string
  readonly arn: string
  readonly isFifo: boolean
  readonly deadLetters: string | undefined
  /** A function takes its messages: no step receives from it. */
  readonly isConsumed: boolean
  /** Messages without tokens come to it: how many, another part knows. */
  readonly isCounted: boolean
  readonly held: Map<string, Held>
  readonly awaited: Map<string, Awaited>
  /** Tokens by message group, in the order of their sending; what is deleted leaves. */
  readonly groups: Map<string, string[]>
}

/** Receives after which a queue of the simulation gives a message up. */
export const receivesMax = 3

/** The token within a message, whatever envelope is around it. */
export function tokenIn(body: string, aliases: ReadonlyMap<string, string>): string | undefined {
  const [token] = /tok-[a-z]+-\d+\./.exec(body) ?? []
  if (token !== undefined) return token
  const [, eTag = ''] = /"eTag":"([0-9a-f]{32})"/.exec(body) ?? []
  return aliases.get(eTag)
}
