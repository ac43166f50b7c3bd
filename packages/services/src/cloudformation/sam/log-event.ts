import type { EventKind } from './events.ts'
import { permission } from './permission.ts'
import { aText, made } from './resources.ts'

/** A subscription filter of a log group, made once the permission is there: Logs tries it. */
export const logEvent: EventKind = {
  rules: {
    LogGroupName: { ...aText, required: true },
    FilterPattern: { ...aText, required: true },
  },
  expand(target, { logicalId, properties }) {
    const { LogGroupName = '', FilterPattern } = properties
    const { partition } = target.expansion
    const arn = `arn:${partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${__LogGroupName__}:*`
    const allowed = permission(target, logicalId, 'logs.amazonaws.com', {
      SourceArn: { 'Fn::Sub': [arn, { __LogGroupName__: LogGroupName }] },
    })
    const filter = made(
      logicalId,
      'AWS::Logs::SubscriptionFilter',
      { LogGroupName, FilterPattern, DestinationArn: target.arn },
      { dependsOn: [allowed.logicalId], attributes: target.attributes },
    )
    return [allowed, filter]
  },
}
