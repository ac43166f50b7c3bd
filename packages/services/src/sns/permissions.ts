import { AddPermission, RemovePermission } from '@cloud-orrery/models/sns'
import type { Statement } from '@cloud-orrery/policy'
import { operation } from '../define.ts'
import { onTopic, scopeOfTopic } from './arns.ts'
import { invalidParameter } from './errors.ts'
import { topics } from './state.ts'
import { requireTopicAction, statementsOf, stored } from './topic-policy.ts'
import { requireTopic } from './topics.ts'

/** Adds a statement for other accounts. Recorded: sns, AddPermission. */
export const addPermission = operation(AddPermission, {
  authorize: onTopic,
  scope: scopeOfTopic,
  provenance: 'recorded',
  run(ctx, { TopicArn, Label, AWSAccountId, ActionName }) {
    const topic = requireTopic(ctx, TopicArn)
    const { document } = topic.policy
    const statements = statementsOf(document)
    if (statements.some(({ Sid }) => Sid === Label)) {
      throw invalidParameter('Statement already exists')
    }
    const actions = ActionName.map((name) => `SNS:${name}`)
    for (const action of actions) requireTopicAction(action)
    const statement: Statement = {
      Sid: Label,
      Effect: 'Allow',
      Principal: { AWS: oneOrMany(AWSAccountId.map((id) => `arn:aws:iam::${id}:root`)) },
      Action: oneOrMany(actions),
      Resource: topic.arn,
    }
    topics.update(ctx, topic.name, {
      policy: stored({ ...document, Statement: [...statements, statement] }),
    })
    return {}
  },
})

/** Takes the statement with a label away; one that is not there is no error. */
export const removePermission = operation(RemovePermission, {
  authorize: onTopic,
  scope: scopeOfTopic,
  provenance: 'recorded',
  run(ctx, { TopicArn, Label }) {
    const topic = requireTopic(ctx, TopicArn)
    const { document } = topic.policy
    const kept = statementsOf(document).filter(({ Sid }) => Sid !== Label)
    topics.update(ctx, topic.name, { policy: stored({ ...document, Statement: kept }) })
    return {}
  },
})

function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [only] = values
  return values.length === 1 && only !== undefined ? only : values
}
