/**
 * Recordings that are not replayed because the model is known to differ, or cannot be asked the same. The
 * pattern is matched against the file below `recorded/services`, a space, and the recording's name; the first
 * that fits gives the reason.
 */
export interface Difference {
  readonly pattern: RegExp
  readonly reason: string
}

const absentServices =
  /^(acm|apigateway|cloudcontrol|ec2|firehose|kinesis|opensearch|resource_groups|route53|route53resolver|s3control|transcribe)\//

export const differences: readonly Difference[] = [
  {
    pattern: absentServices,
    reason: 'the service is not in the model: every call of it is refused by name',
  },
]
