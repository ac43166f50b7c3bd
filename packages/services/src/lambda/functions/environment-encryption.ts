import type { Context } from '../../context.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import type { Settings } from '../state.ts'

/** Variables under a key of the customer. */
export async function sealVariables(
  _ctx: Context,
  _functionArn: string,
  settings: Settings,
): Promise<Settings> {
  if (settings.kmsKeyArn !== undefined) throw notModelled('KMSKeyArn of functions')
  return settings
}

/** What the code sees. */
export function openVariables(settings: Settings): Readonly<Record<string, string>> {
  return settings.variables ?? {}
}
