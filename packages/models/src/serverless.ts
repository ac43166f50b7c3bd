import { readDataJson } from './data-file.ts'

/** A policy template of the serverless transform: `SQSPollerPolicy: {QueueName: ...}`. */
export interface ServerlessPolicyTemplate {
  /** All of them are required. */
  readonly parameters: readonly string[]
  /** A policy document in which `Ref` names a parameter. */
  readonly definition: unknown
}

/** What a connector of two resource types makes. Placeholders are written as `%{Source.Arn}`. */
export interface ServerlessConnectorProfile {
  /** `AWS_IAM_ROLE_MANAGED_POLICY`, `AWS_SQS_QUEUE_POLICY`, `AWS_SNS_TOPIC_POLICY`, `AWS_LAMBDA_PERMISSION`. */
  readonly Type: string
  readonly Properties: {
    /** By permission: `Read`, `Write`. */
    readonly AccessCategories: Readonly<Record<string, Readonly<Record<string, unknown>>>>
    /** Which permissions go together; absent: any. */
    readonly ValidAccessCategories?: readonly (readonly string[])[]
    /** Whether the role, queue or topic is the source's. */
    readonly SourcePolicy?: boolean
    readonly DependedBy?: string
  }
}

/** Where a connector finds ARN, name, URL and role of a resource. `%{logicalId}` stands for its id. */
export interface ServerlessConnectorProperties {
  readonly Inputs?: { readonly Role?: string | { readonly Function: string } }
  readonly Outputs?: Readonly<Record<string, unknown>>
}

export interface ServerlessData {
  readonly source: string
  readonly policyTemplates: Readonly<Record<string, ServerlessPolicyTemplate>>
  /** By source type, then destination type. */
  readonly connectorPermissions: Readonly<
    Record<string, Readonly<Record<string, ServerlessConnectorProfile>>>
  >
  readonly connectorProperties: Readonly<Record<string, ServerlessConnectorProperties>>
}

let data: ServerlessData | undefined

/** What AWS's serverless transform holds as data: policy templates and connector profiles. */
export function serverlessData(): ServerlessData {
  data ??= readDataJson<ServerlessData>('serverless.json') ?? {
    source: '',
    policyTemplates: {},
    connectorPermissions: {},
    connectorProperties: {},
  }
  return data
}
