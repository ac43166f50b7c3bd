import type { Context } from '../context.ts'
import type { HttpOperationInput, HttpOperationOutput } from '../http-operation.ts'
import { changeSendingAccount, sendingAccount, sentLastDay } from '../shared/mail/quota.ts'
import type { SendingAccount } from '../shared/mail/state.ts'

/**
 * The model's own setting of what an account may send, which AWS sets by Service Quotas and support cases:
 * `PUT https://sending-limits.us-east-1.orrery/?account=…` with `{maxSendRate, max24HourSend, productionAccess}`.
 */
export function changeQuota(
  ctx: Context,
  { method, body }: HttpOperationInput,
): HttpOperationOutput {
  if (method === 'PUT') {
    const fields = fieldsOf(body)
    if (fields === undefined) {
      return json(400, {
        error:
          'Send a JSON object of maxSendRate (0 or more), max24HourSend (0 or more; -1: without limit), productionAccess (true or false).',
      })
    }
    changeSendingAccount(ctx, fields)
  }
  const { ratePerSecond, quotaPerDay, productionAccess } = sendingAccount(ctx)
  return json(200, {
    maxSendRate: ratePerSecond,
    max24HourSend: quotaPerDay,
    productionAccess,
    sentLast24Hours: sentLastDay(ctx),
  })
}

/** Undefined where the body is no such object. */
function fieldsOf(body: Uint8Array): Partial<SendingAccount> | undefined {
  let asked: unknown
  try {
    asked = JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined // Told by the answer.
  }
  if (typeof asked !== 'object' || asked === null) return undefined
  const fields: { -readonly [K in keyof SendingAccount]?: SendingAccount[K] } = {}
  for (const [name, value] of Object.entries(asked)) {
    const isNumber = typeof value === 'number' && Number.isFinite(value)
    if (name === 'maxSendRate' && isNumber && value >= 0) fields.ratePerSecond = value
    else if (name === 'max24HourSend' && isNumber && value >= -1) fields.quotaPerDay = value
    else if (name === 'productionAccess' && typeof value === 'boolean') {
      fields.productionAccess = value
    } else return undefined
  }
  return fields
}

function json(status: number, value: unknown): HttpOperationOutput {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(`${JSON.stringify(value)}\n`),
  }
}
