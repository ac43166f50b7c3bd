import { AddPermission, RemovePermission } from '@cloud-orrery/models/sqs'
import type { Statement } from '@cloud-orrery/policy'
import { operation } from '../define.ts'
import * as errors from './errors.ts'
import { permissionActionsMax } from './limits.ts'
import { readQueuePolicy } from './queue-policies.ts'
import { onOwnQueue, queueOfUrl, scopeOfUrl } from './queue-urls.ts'
import { type Queue, queues } from './state.ts'

/** Actions that AddPermission takes. Source: SQS API reference, AddPermission, `Actions`. */
const sharedActions = [
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
]

export const addPermission = operation(AddPermission, {
  authorize: onOwnQueue('AddPermission'),
  provenance: 'recorded',
  scope: scopeOfUrl,
  run(ctx, { QueueUrl, Label, AWSAccountIds, Actions }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    if (Actions.length > permissionActionsMax) {
      throw errors.overLimitOfActions(Actions.length, permissionActionsMax)
    }
    for (const action of Actions) {
      if (!sharedActions.includes(action)) throw errors.unknownSharedAction(action)
    }
    const statements = statementsOf(queue)
    if (statements.some(({ Sid }) => Sid === Label)) {
      throw errors.invalidValue(Label, 'Label', 'Already exists.')
    }
    const principals = AWSAccountIds.map((accountId) => `arn:aws:iam::${accountId}:root`)
    const actions = Actions.map((action) => `SQS:${action}`)
    const statement: Statement = {
      Sid: Label,
      Effect: 'Allow',
      Principal: { AWS: oneOrMany(principals) },
      Action: oneOrMany(actions),
      Resource: queue.arn,
    }
    const policy = {
      Version: '2008-10-17',
      Id: `${queue.arn}/SQSDefaultPolicy`,
      ...queue.policy?.document,
      Statement: [...statements, statement],
    }
    queues.update(ctx, queue.name, {
      policy: readQueuePolicy(ctx, JSON.stringify(policy)),
      modifiedAtMs: ctx.now(),
    })
    return {}
  },
})

function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [first] = values
  return values.length === 1 && first !== undefined ? first : values
}

function statementsOf({ policy }: Queue): readonly Statement[] {
  const statements = policy?.document.Statement ?? []
  return Array.isArray(statements) ? statements : [statements as Statement] // Not a list.
}

export const removePermission = operation(RemovePermission, {
  authorize: onOwnQueue('RemovePermission'),
  provenance: 'recorded',
  scope: scopeOfUrl,
  run(ctx, { QueueUrl, Label }) {
    const queue = queueOfUrl(ctx, QueueUrl)
    const statements = statementsOf(queue)
    const left = statements.filter(({ Sid }) => Sid !== Label)
    if (left.length === statements.length) {
      throw errors.invalidValue(Label, 'Label', "can't find label.")
    }
    const { policy, ...rest } = queue
    const next =
      left.length === 0
        ? {}
        : { policy: readQueuePolicy(ctx, JSON.stringify({ ...policy?.document, Statement: left })) }
    queues.put(ctx, { ...rest, ...next, modifiedAtMs: ctx.now() })
    return {}
  },
})
