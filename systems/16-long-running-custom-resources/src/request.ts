/** What CloudFormation sends for a custom resource. Source: CloudFormation User Guide, "Custom resource request objects". */
export interface CloudFormationRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete'
  readonly RequestId: string
  readonly ResponseURL: string
  readonly StackId: string
  readonly LogicalResourceId: string
  readonly PhysicalResourceId?: string
  /** Every value is a string; `CallbackUrl` and `PhysicalId` come from the construct `LongRunningResource`. */
  readonly ResourceProperties: Readonly<Record<string, string>>
  readonly OldResourceProperties?: Readonly<Record<string, string>>
}

/** Whom the workflow's last state tells: the wait condition, or CloudFormation itself. */
export type AnswerBy = 'callback' | 'response'

/** What a workflow starts with. */
export interface WorkflowInput {
  readonly cfnEvent: CloudFormationRequest
  readonly cfnContext: Readonly<Record<string, string>>
  readonly answerBy: AnswerBy
}

/**
 * A wait condition can wait once, for a resource that is made or changed. Deletions have none; and on the way back of
 * an update the properties from before bring an old handle, which nobody listens to any more: both are told to
 * CloudFormation, which waits an hour for it.
 */
export function answerByOf({
  RequestType,
  ResourceProperties: { CallbackUrl: url },
  OldResourceProperties: { CallbackUrl: oldUrl } = {},
}: Pick<
  CloudFormationRequest,
  'RequestType' | 'ResourceProperties' | 'OldResourceProperties'
>): AnswerBy {
  if (RequestType === 'Delete' || url === undefined || url === oldUrl) return 'response'
  return oldUrl === undefined || madeAt(url) >= madeAt(oldUrl) ? 'callback' : 'response'
}

/** When a presigned URL was made: `20260101T000000Z`, which sorts as time does. */
function madeAt(url: string): string {
  return new URL(url).searchParams.get('X-Amz-Date') ?? ''
}

/** Kept for the resource's whole life: another id would have CloudFormation delete the resource of the first. */
export function physicalIdOf({
  PhysicalResourceId,
  ResourceProperties,
  LogicalResourceId,
}: CloudFormationRequest): string {
  return PhysicalResourceId ?? ResourceProperties['PhysicalId'] ?? LogicalResourceId
}
