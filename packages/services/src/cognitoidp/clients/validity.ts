import type { TimeUnitsType } from '@cloud-orrery/models/cognitoidp'
import { refreshValidityDays, sessionValidityMinutes, tokenValidityHours } from '../limits.ts'
import type { Client, ClientSettings } from './state.ts'

const unitMs: Readonly<Record<string, number>> = {
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
}

export type TokenKind = 'refresh' | 'access' | 'id'

/** How long a client's tokens live, in ms. */
export function validityMs(
  { settings }: { readonly settings: ClientSettings },
  kind: TokenKind,
): number {
  const { TokenValidityUnits: units = {} } = settings
  switch (kind) {
    case 'refresh':
      // Zero stands for the default. Source: CreateUserPoolClient, `RefreshTokenValidity`.
      return inMs(
        settings.RefreshTokenValidity || refreshValidityDays,
        units.RefreshToken ?? 'days',
      )
    case 'access':
      return inMs(settings.AccessTokenValidity ?? tokenValidityHours, units.AccessToken ?? 'hours')
    case 'id':
      return inMs(settings.IdTokenValidity ?? tokenValidityHours, units.IdToken ?? 'hours')
  }
}

function inMs(count: number, unit: TimeUnitsType): number {
  return count * (unitMs[unit] ?? 0)
}

/** How long a sign-in waits for the answer to a challenge, in ms. */
export function sessionMs({ settings }: Client): number {
  return (settings.AuthSessionValidity ?? sessionValidityMinutes) * 60_000
}
