import type { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import { Publish } from '@cloud-orrery/models/sns'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { invalidValue } from '../errors.ts'
import { type AlarmRecord, type AlarmState, alarms, type StateValue } from '../state.ts'
import { remember } from './history.ts'
import { functionEvent, messageOf, subjectOf } from './notification.ts'

/** One action of one change of state. The alarm is kept as it was then. */
interface PlannedAction {
  readonly actionArn: string
  readonly alarm: AlarmRecord
  readonly before: AlarmState
}

const kinds: readonly (readonly [form: RegExp, kind: 'sns' | 'lambda' | string])[] = [
  [/^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/, 'sns'],
  [/^arn:aws[\w-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/, 'lambda'],
  [/^arn:aws[\w-]*:(?:automate:|swf:)/, 'EC2 actions of alarms'],
  [/^arn:aws[\w-]*:autoscaling:/, 'Auto Scaling actions of alarms'],
  [/^arn:aws[\w-]*:ssm:/, 'OpsItems that alarms open'],
  [/^arn:aws[\w-]*:ssm-incidents:/, 'incidents that alarms start'],
  [/^arn:aws[\w-]*:aiops:/, 'investigations that alarms start'],
]

function kindOf(arn: string): string | undefined {
  return kinds.find(([form]) => form.test(arn))?.[1]
}

/** Refuses what no alarm can do, and by name what alarms do only on AWS. */
export function checkActions(arns: readonly string[]): void {
  for (const arn of arns) {
    const kind = kindOf(arn)
    // Recorded: cloudwatch, `test_set_alarm`: what a topic's ARN looks like is not asked closely.
    if (kind === undefined && !/^arn:aws[\w-]*:[\w-]+:[^:]*:[^:]*:.+$/.test(arn)) {
      throw invalidValue(`Invalid arn syntax: ${arn}`)
    }
    if (kind === undefined) throw notModelled(`${arn} as an action of an alarm`)
    if (kind !== 'sns' && kind !== 'lambda') throw notModelled(kind)
  }
}

export function actionsFor(alarm: AlarmRecord, value: StateValue): readonly string[] {
  if (value === 'ALARM') return alarm.alarmActions
  return value === 'OK' ? alarm.okActions : alarm.insufficientDataActions
}

/** Plans what a change of state brings about. Composites hold theirs back while they are suppressed. */
export function planActions(ctx: Context, alarm: AlarmRecord, before: AlarmState): void {
  if (!alarm.actionsEnabled) return
  if (alarm.kind === 'composite' && alarm.suppressed !== undefined) return
  for (const actionArn of actionsFor(alarm, alarm.state.value)) {
    ctx.after(0, act, { actionArn, alarm, before })
  }
}

/** What could not be delivered is tried again for a while; refusals are not. Source: none; SNS's own first retries. */
const retryDelaysMs = [1_000, 1_000, 20_000, 20_000]

export const act = task<PlannedAction>('cloudwatch.act', {
  async run(ctx, planned) {
    const { actionArn, alarm } = planned
    await deliver(ctx, planned)
    note(ctx, alarm, `Successfully executed action ${actionArn}`, {
      actionState: 'Succeeded',
      notificationResource: actionArn,
      stateUpdateTimestamp: alarm.state.updatedAtMs,
      error: null,
    })
  },
  retryDelayMs: (attempt, error) => (isTransient(error) ? retryDelaysMs[attempt - 1] : undefined),
  onGiveUp(ctx, { actionArn, alarm }, error: AwsError) {
    note(ctx, alarm, `Failed to execute action ${actionArn}. Received error: "${error.message}"`, {
      actionState: 'Failed',
      notificationResource: actionArn,
      stateUpdateTimestamp: alarm.state.updatedAtMs,
      error: error.message,
    })
  },
})

async function deliver(ctx: Context, { actionArn, alarm, before }: PlannedAction): Promise<void> {
  const [, , , region = '', accountId = ''] = actionArn.split(':')
  const change = { alarm, before, region: ctx.region, accountId: ctx.accountId }
  if (kindOf(actionArn) === 'lambda') {
    await ctx.call(
      Invoke,
      {
        FunctionName: actionArn,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(functionEvent(change))),
      },
      { as: 'lambda.alarms.cloudwatch.amazonaws.com', sourceArn: alarm.arn, region, accountId },
    )
    return
  }
  await ctx.call(
    Publish,
    { TopicArn: actionArn, Subject: subjectOf(change), Message: messageOf(change) },
    {
      as: 'cloudwatch.amazonaws.com',
      sourceArn: alarm.arn,
      sourceOwner: ctx.accountId,
      region,
      accountId,
    },
  )
}

function note(ctx: Context, alarm: AlarmRecord, summary: string, data: object): void {
  if (!alarms.has(ctx, alarm.name)) return // Deleted meanwhile, with its history.
  remember(ctx, alarm, 'Action', summary, data)
}
