import { orderedKey, table } from '@cloud-orrery/kernel'
import type { ChallengeNameType } from '@cloud-orrery/models/cognitoidp'

/** One step of a custom challenge, as define-auth-challenge sees it. */
export interface ChallengeStep {
  readonly challengeName: string
  readonly challengeResult: boolean
  readonly challengeMetadata: string | null
}

/** A sign-in that waits for an answer. `Session` names it; each answer uses it up. */
export interface AuthSession {
  readonly id: string
  readonly expiresAtMs: number
  readonly poolId: string
  readonly clientId: string
  /** Of the user; where there is none and nobody is to know, the name that was given. */
  readonly key: string
  /** Empty where there is no user. */
  readonly sub: string
  readonly username: string
  readonly challenge: ChallengeNameType
  /** The flow in which it began. */
  readonly flow: string
  /** Answers that would be taken. Absent: `challenge` alone. */
  readonly choices?: readonly ChallengeNameType[]
  /** SRP: secrets of the exchange under way, in hex. */
  readonly srp?: { readonly b: string; readonly a: string; readonly block: string }
  /** A code that was sent. */
  readonly code?: string
  /** The device that takes part. */
  readonly deviceKey?: string
  /** Steps of a custom flow, oldest first. */
  readonly steps?: readonly ChallengeStep[]
  readonly privateParameters?: Readonly<Record<string, string>>
  readonly challengeMetadata?: string | null
  /** A factor was set up and proved in this very sign-in. */
  readonly hasFactor?: boolean
  /** A user that does not exist: all answers are wrong. */
  readonly phantom?: true
  /** What the client said when it began, for the triggers. */
  readonly clientMetadata?: Readonly<Record<string, string>>
  /** Where the hosted login asks, this is carried to the tokens. */
  readonly hosted?: boolean
}

/** Expired ones come first, so that they can be swept away as new ones are made. */
export const authSessions = table<AuthSession>('cognitoidp.authSessions', {
  key: ({ expiresAtMs, id }) => orderedKey(expiresAtMs, id),
  partition: 'region',
})
