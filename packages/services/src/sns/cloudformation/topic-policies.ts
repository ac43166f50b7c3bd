import {
  AwsSnsTopicInlinePolicy,
  AwsSnsTopicPolicy,
  GetTopicAttributes,
  SetTopicAttributes,
} from '@cloud-orrery/models/sns'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'

/** One policy for several topics; deleting it gives them their first policy back. */
export const topicPolicyType = resource(AwsSnsTopicPolicy, {
  async create(ctx, { PolicyDocument, Topics }) {
    for (const topicArn of Topics) await setPolicy(ctx, topicArn, PolicyDocument)
    return { Id: ctx.physicalName({ lengthMax: 128 }) }
  },

  async update(ctx, { PolicyDocument, Topics }, previous, state) {
    for (const topicArn of Topics) await setPolicy(ctx, topicArn, PolicyDocument)
    const gone = previous.Topics.filter((topicArn) => !Topics.includes(topicArn))
    for (const topicArn of gone) await resetPolicy(ctx, topicArn)
    return state
  },

  async delete(ctx, _state, { Topics }) {
    for (const topicArn of Topics) await resetPolicy(ctx, topicArn)
  },

  async read(ctx, _state, { Topics }) {
    const [first] = Topics
    if (first === undefined) return { Topics }
    const PolicyDocument = await policyOf(ctx, first)
    return PolicyDocument === undefined ? undefined : { Topics, PolicyDocument }
  },
})

export const topicInlinePolicyType = resource(AwsSnsTopicInlinePolicy, {
  async create(ctx, { PolicyDocument, TopicArn }) {
    await setPolicy(ctx, TopicArn, PolicyDocument)
    return { physicalId: TopicArn }
  },

  async update(ctx, { PolicyDocument, TopicArn }, _previous, state) {
    await setPolicy(ctx, TopicArn, PolicyDocument)
    return state
  },

  delete: (ctx, _state, { TopicArn }) => resetPolicy(ctx, TopicArn),

  async read(ctx, _state, { TopicArn }) {
    const PolicyDocument = await policyOf(ctx, TopicArn)
    return PolicyDocument === undefined ? undefined : { TopicArn, PolicyDocument }
  },
})

async function setPolicy(ctx: ResourceContext, TopicArn: string, document: unknown): Promise<void> {
  const AttributeValue = typeof document === 'string' ? document : JSON.stringify(document)
  await ctx.call(SetTopicAttributes, { TopicArn, AttributeName: 'Policy', AttributeValue })
}

/** An empty policy stands for the one that a new topic has. */
async function resetPolicy(ctx: ResourceContext, TopicArn: string): Promise<void> {
  const input = { TopicArn, AttributeName: 'Policy', AttributeValue: '' }
  await unlessGone(ctx.call(SetTopicAttributes, input))
}

async function policyOf(ctx: ResourceContext, TopicArn: string): Promise<unknown> {
  const found = await unlessGone(ctx.call(GetTopicAttributes, { TopicArn }))
  return found === undefined
    ? undefined
    : (JSON.parse(found.Attributes?.['Policy'] ?? '{}') as unknown)
}
