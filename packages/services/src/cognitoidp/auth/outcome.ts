import type { ChallengeNameType } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import type { Client } from '../clients/state.ts'
import type { Pool } from '../pools/state.ts'
import type { TokenGeneration } from '../triggers/pre-token.ts'
import type { User } from '../users/state.ts'

type Texts = Readonly<Record<string, string>>

/** A sign-in under way: who asks, for which app. */
export interface SignIn {
  readonly ctx: Context
  readonly pool: Pool
  readonly client: Client
  /** `InitiateAuth`'s `AuthFlow`. */
  readonly flow: string
  /** By AdminInitiateAuth: IAM has judged the caller. */
  readonly isAdmin: boolean
  /** What the app sends for the triggers. */
  readonly clientMetadata?: Texts | undefined
  /** The hosted login asks, which has codes and cookies of its own. */
  readonly hosted?: boolean
}

/** What is asked for next. */
export interface Challenge {
  readonly kind: 'challenge'
  readonly name: ChallengeNameType
  readonly parameters: Texts
  /** `Session` of the answer. */
  readonly session: string
  readonly available?: readonly ChallengeNameType[]
}

/** All that was asked for is answered: tokens may be issued. */
export interface Authenticated {
  readonly kind: 'authenticated'
  readonly user: User
  readonly generation: TokenGeneration
  /** The device that took part, or that was made for this sign-in. */
  readonly deviceKey?: string
  /** A device that the app may confirm. */
  readonly newDevice?: { readonly deviceKey: string; readonly groupKey: string }
}

export type Outcome = Challenge | Authenticated
