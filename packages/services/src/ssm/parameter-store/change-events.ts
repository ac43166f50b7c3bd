import type { Context } from '../../context.ts'
import type { ParameterPolicy, ParameterRecord, ParameterVersion } from './state.ts'

/** Source: Systems Manager User Guide, "Amazon EventBridge event examples", Parameter Store. */
export function announceChange(
  ctx: Context,
  operation: 'Create' | 'Update' | 'Delete' | 'LabelParameterVersion',
  { arn, name }: ParameterRecord,
  { type, description }: ParameterVersion,
): void {
  ctx.emit({
    source: 'aws.ssm',
    detailType: 'Parameter Store Change',
    resources: [arn],
    detail: { operation, name, type, ...(description === undefined ? {} : { description }) },
  })
}

/** Source: Systems Manager User Guide, "Setting up notifications ... based on Parameter Store events". */
export function announcePolicyAction(
  ctx: Context,
  { arn, name }: ParameterRecord,
  { type }: ParameterVersion,
  policy: ParameterPolicy,
  reason: string,
): void {
  ctx.emit({
    source: 'aws.ssm',
    detailType: 'Parameter Store Policy Action',
    resources: [arn],
    detail: {
      'policy-type': policy.type,
      'parameter-name': name,
      'parameter-type': type,
      'action-status': 'Success',
      'action-reason': reason,
      'policy-content': policy.text,
    },
  })
}
