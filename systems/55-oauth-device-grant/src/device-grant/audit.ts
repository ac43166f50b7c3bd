import type { DeviceRequest } from './requests.ts'

/** One line of the log for each decision: who, for which client, what for. Codes, tokens and secrets are never in it. */
export function note(
  event: string,
  { Client_id, Subject, Scope, Asked_from }: DeviceRequest,
): void {
  console.log(
    JSON.stringify({ event, client: Client_id, subject: Subject, scope: Scope, from: Asked_from }),
  )
}
