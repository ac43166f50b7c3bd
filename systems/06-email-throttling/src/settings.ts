/** One queue that a sender takes from. */
export interface Lane {
  readonly url: string
  /** Where messages go that nobody can send, with the reason. */
  readonly deadLetterUrl: string
  /** Part of what is sent that comes from here while all queues have something; the parts add up to 1. */
  readonly part: number
}

export interface SenderSettings {
  /** Names the pace: senders that share a pace share its rate. */
  readonly pace: string
  /** Part of the account's send rate that this pace may use, from 0 to 1. */
  readonly share: number
  readonly lanes: readonly Lane[]
}

export function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}

/** Written by the stack. */
export function senderSettings(): SenderSettings {
  return JSON.parse(setting('SENDER')) as SenderSettings
}
