import type { DescribeSecretResponse } from '@cloud-orrery/models/secretsmanager'
import type { Context } from '../context.ts'
import { task } from '../define.ts'
import { nextCronMs, parseCron } from '../shared/cron.ts'
import { invalidParameter } from './errors.ts'
import { rotationHoursMin } from './limits.ts'
import { isReplicaHere } from './references.ts'
import { startRotation } from './rotation-steps.ts'
import { type Rotation, type RotationRules, type SecretRecord, secrets } from './state.ts'

const hourMs = 60 * 60_000
const dayMs = 24 * hourMs

/** The time in which a rotation starts, at a moment that AWS does not promise. */
interface Window {
  readonly startMs: number
  readonly endMs: number
}

/** A schedule, read: the first window that starts after a moment. */
type Schedule = (afterMs: number) => Window | undefined

/** Orders the next rotation anew, or calls it off where there is none to come. */
export function scheduleRotation(ctx: Context, name: string): void {
  const secret = secrets.get(ctx, name)
  if (secret?.rotation === undefined) return
  const { taskId: earlier, nextAtMs: _, ...rotation } = secret.rotation
  if (earlier !== undefined) ctx.cancel(earlier)
  const window = nextWindow(ctx, secret)
  if (window === undefined) {
    secrets.update(ctx, name, { rotation })
    return
  }
  const { startMs, endMs } = window
  const fraction = ctx.choose('secretsmanager.rotationMoment', [0, 0.25, 0.5, 0.75])
  const atMs = Math.max(startMs + Math.floor((endMs - startMs) * fraction), ctx.now())
  const taskId = ctx.after(atMs - ctx.now(), beginRotation, { name, arn: secret.arn })
  // Source: DescribeSecret, `NextRotationDate`: the rotation starts on or before it.
  secrets.update(ctx, name, { rotation: { ...rotation, taskId, nextAtMs: endMs - 1000 } })
}

function nextWindow(ctx: Context, secret: SecretRecord): Window | undefined {
  const { rotation, deletionAtMs } = secret
  if (rotation?.rules === undefined || !rotation.enabled) return undefined
  if (deletionAtMs !== undefined || isReplicaHere(ctx, secret)) return undefined
  return scheduleOf(rotation.rules)?.(ctx.now())
}

export const beginRotation = task<{ readonly name: string; readonly arn: string }>(
  'secretsmanager.beginRotation',
  {
    run(ctx, { name, arn }) {
      const secret = secrets.get(ctx, name)
      if (secret?.arn !== arn || secret.rotation?.enabled !== true) return
      startRotation(ctx, secret, ctx.ids.uuid())
      scheduleRotation(ctx, name)
    },
  },
)

/** Throws where the rules can not be. Undefined: they hold no schedule. */
export function scheduleOf({
  AutomaticallyAfterDays: days,
  ScheduleExpression: expression,
  Duration,
}: RotationRules): Schedule | undefined {
  // Source: users' reports of RotateSecret.
  if (days !== undefined && expression !== undefined) {
    throw invalidParameter(
      'You cannot specify both rotation frequency and schedule expression together.',
    )
  }
  const durationMs = Duration === undefined ? undefined : Number.parseInt(Duration, 10) * hourMs
  if (days !== undefined) return everyDays(days, durationMs)
  if (expression === undefined) return undefined
  const schedule = rateSchedule(expression, durationMs) ?? cronSchedule(expression, durationMs)
  // The words are ours.
  if (schedule === undefined) throw invalidParameter('Invalid ScheduleExpression.')
  return schedule
}

function everyDays(days: number, durationMs: number | undefined): Schedule {
  return (afterMs) => {
    const startMs = (Math.floor(afterMs / dayMs) + days) * dayMs
    return { startMs, endMs: startMs + (durationMs ?? dayMs) }
  }
}

/** Source: Secrets Manager User Guide, "Schedule expressions in Secrets Manager rotation". */
function rateSchedule(expression: string, durationMs: number | undefined): Schedule | undefined {
  const [, count = '', unit = ''] = /^rate\((\d{1,4}) (hour|day)s?\)$/.exec(expression) ?? []
  const number = Number(count)
  if (number === 0) return undefined
  if (unit === 'day') return everyDays(number, durationMs)
  if (number < rotationHoursMin) return undefined
  return (afterMs) => {
    const startMs = (Math.floor(afterMs / hourMs) + number) * hourMs
    return { startMs, endMs: startMs + (durationMs ?? hourMs) }
  }
}

/** Windows start on the hour; without a duration they end with the day, or after an hour where hours are named. */
function cronSchedule(expression: string, durationMs: number | undefined): Schedule | undefined {
  const [, inside = ''] = /^cron\((.+)\)$/.exec(expression) ?? []
  const cron = parseCron(inside)
  if (cron === undefined || cron.minutes.length !== 1 || cron.minutes[0] !== 0) return undefined
  const gaps = cron.hours.map((hour, i) => (cron.hours[i + 1] ?? hour + 24) - hour)
  if (Math.min(...gaps) < rotationHoursMin) return undefined
  const isHourly = cron.hours.length > 1
  return (afterMs) => {
    const startMs = nextCronMs(cron, afterMs)
    if (startMs === undefined) return undefined
    const endOfDayMs = (Math.floor(startMs / dayMs) + 1) * dayMs
    return { startMs, endMs: startMs + (durationMs ?? (isHourly ? hourMs : endOfDayMs - startMs)) }
  }
}

/** What DescribeSecret tells of a rotation. */
export function shownRotation({
  enabled,
  functionArn,
  rules,
  lastAtMs,
}: Rotation): DescribeSecretResponse {
  return {
    RotationEnabled: enabled,
    RotationLambdaARN: functionArn,
    ...(rules === undefined ? {} : { RotationRules: rules }),
    ...(lastAtMs === undefined ? {} : { LastRotatedDate: lastAtMs }),
  }
}

export function nextRotationDate({ rotation, deletionAtMs }: SecretRecord): number | undefined {
  return deletionAtMs === undefined ? rotation?.nextAtMs : undefined
}
