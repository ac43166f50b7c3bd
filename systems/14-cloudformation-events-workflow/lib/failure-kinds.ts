import type { EventPattern } from 'aws-cdk-lib/aws-events'

/** One kind of CloudFormation event that means trouble. */
export interface FailureKind {
  /** Logical id of its rule. */
  readonly id: string
  readonly description: string
  readonly pattern: EventPattern
  /** JSON paths of what the operators are told, by placeholder. Never empty: OpsItems take no empty facts. */
  readonly paths: Readonly<Record<string, string>>
  readonly title: string
  readonly severity: '1' | '2' | '3'
  /** What makes two events the same piece of work. */
  readonly dedup: string
}

const source = ['aws.cloudformation']

/** Siblings of a broken resource fail too, but only because the operation was cancelled. */
const notCancelled = [{ 'anything-but': { wildcard: 'Resource * cancelled' } }]

/** Most such ends name the resources that failed, each of which has opened its own item. */
const notExplained = [{ 'anything-but': { prefix: 'The following resource(s) failed to' } }]

const shared = {
  stack: '$.detail.stack-id',
  account: '$.account',
  region: '$.region',
  time: '$.time',
}

export const failureKinds: readonly FailureKind[] = [
  {
    id: 'ResourceFailures',
    description: 'A resource could not be created, updated or deleted.',
    pattern: {
      source,
      detailType: ['CloudFormation Resource Status Change'],
      detail: {
        'status-details': {
          status: ['CREATE_FAILED', 'UPDATE_FAILED', 'DELETE_FAILED'],
          'status-reason': notCancelled,
        },
      },
    },
    paths: {
      ...shared,
      resource: '$.detail.logical-resource-id',
      type: '$.detail.resource-type',
      status: '$.detail.status-details.status',
      reason: '$.detail.status-details.status-reason',
      token: '$.detail.client-request-token',
    },
    title: 'Stack resource <resource>: <status>',
    severity: '2',
    dedup: '<stack>/<token>',
  },
  {
    id: 'StackFailures',
    description:
      'A stack operation ended where only an operator can go on, and no resource says why.',
    pattern: {
      source,
      detailType: ['CloudFormation Stack Status Change'],
      detail: {
        'status-details': {
          status: ['ROLLBACK_FAILED', 'UPDATE_ROLLBACK_FAILED', 'DELETE_FAILED'],
          'status-reason': notExplained,
        },
      },
    },
    paths: {
      ...shared,
      status: '$.detail.status-details.status',
      reason: '$.detail.status-details.status-reason',
      token: '$.detail.client-request-token',
    },
    title: 'Stack operation ended as <status>',
    severity: '1',
    dedup: '<stack>/<token>/stack',
  },
  {
    id: 'Drift',
    description: 'Drift detection found a stack that is not what its template says.',
    pattern: {
      source,
      detailType: ['CloudFormation Drift Detection Status Change'],
      detail: { 'drift-detection-details': { 'stack-drift-status': ['DRIFTED'] } },
    },
    paths: {
      ...shared,
      status: '$.detail.drift-detection-details.stack-drift-status',
      detection: '$.detail.stack-drift-detection-id',
    },
    title: 'Stack has drifted',
    severity: '3',
    dedup: '<stack>/<detection>',
  },
]
