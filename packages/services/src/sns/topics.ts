import {
  CreateTopic,
  DeleteTopic,
  GetTopicAttributes,
  ListTopics,
  SetTopicAttributes,
} from '@cloud-orrery/models/sns'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { forgetDataKeys } from '../shared/data-keys.ts'
import { pageToken, positionOf } from '../shared/page-tokens.ts'
import { onTopic, requireTopicAddress, scopeOfTopic, topicArn } from './arns.ts'
import { invalidParameter, topicNotFound } from './errors.ts'
import { pageSize } from './limits.ts'
import { dataKeys, sequences, type Topic, topics } from './state.ts'
import { abandonSubscriptions } from './subscription-states.ts'
import { readTags, requestTagContext, resourceTagContext } from './tags.ts'
import {
  isSameAttribute,
  readTopicAttribute,
  readTopicAttributes,
  shownAttributes,
} from './topic-attributes.ts'
import { defaultPolicy, readPolicy } from './topic-policy.ts'

const nameForm = /^[A-Za-z0-9_-]{1,256}$/
const fifoNameForm = /^[A-Za-z0-9_-]{1,251}\.fifo$/

export const createTopic = operation(CreateTopic, {
  authorize: ({ Name, Tags }, ctx) => ({
    resource: topicArn(ctx, Name),
    context: { ...requestTagContext(Tags), ...resourceTagContext(topics.get(ctx, Name)) },
  }),
  provenance: 'recorded',
  refuses: ['DataProtectionPolicy'],
  run(ctx, { Name, Attributes = {}, Tags }) {
    const isFifo = Attributes['FifoTopic']?.toLowerCase() === 'true'
    if (!(isFifo ? fifoNameForm : nameForm).test(Name)) throw invalidParameter('Topic Name')
    const tags = readTags(Tags ?? [])
    const existing = topics.get(ctx, Name)
    if (existing !== undefined) {
      requireSame(existing, Attributes, tags)
      return { TopicArn: existing.arn }
    }
    const arn = topicArn(ctx, Name)
    const policyText = Attributes['Policy']
    topics.put(ctx, {
      name: Name,
      arn,
      isFifo,
      attributes: readTopicAttributes(Attributes, isFifo),
      policy:
        policyText === undefined || policyText === ''
          ? defaultPolicy(arn, ctx.accountId)
          : readPolicy(policyText, 'Attributes Reason: '),
      tags,
      confirmed: 0,
      pending: 0,
      deleted: 0,
    })
    return { TopicArn: arn }
  },
})

/** A topic can be created again as it is; what is said must agree. Recorded: sns, CreateTopic. */
function requireSame(
  topic: Topic,
  attributes: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (isSameAttribute(topic, name, value)) continue
    throw invalidParameter('Attributes Reason: Topic already exists with different attributes')
  }
  for (const [key, value] of Object.entries(tags)) {
    if (topic.tags[key] === value) continue
    throw invalidParameter('Tags Reason: Topic already exists with different tags')
  }
}

/** The topic that a call means. Throws InvalidParameter and NotFound. */
export function requireTopic(ctx: Context, arn: string | undefined, parameter?: string): Topic {
  const { name } = requireTopicAddress(ctx, arn, parameter)
  const topic = topics.get(ctx, name)
  if (topic === undefined) throw topicNotFound()
  return topic
}

export const getTopicAttributes = operation(GetTopicAttributes, {
  authorize: onTopic,
  scope: scopeOfTopic,
  provenance: 'recorded',
  run: (ctx, { TopicArn }) => ({ Attributes: shownAttributes(requireTopic(ctx, TopicArn)) }),
})

export const setTopicAttributes = operation(SetTopicAttributes, {
  authorize: onTopic,
  scope: scopeOfTopic,
  provenance: 'recorded',
  run(ctx, { TopicArn, AttributeName, AttributeValue = '' }) {
    const topic = requireTopic(ctx, TopicArn)
    if (AttributeName === 'Policy') {
      const policy =
        AttributeValue === '' ? defaultPolicy(topic.arn, ctx.accountId) : readPolicy(AttributeValue)
      topics.update(ctx, topic.name, { policy })
      return {}
    }
    const value = readTopicAttribute(AttributeName, AttributeValue, topic.isFifo)
    const { [AttributeName]: _before, ...others } = topic.attributes
    topics.update(ctx, topic.name, {
      attributes: value === undefined ? others : { ...others, [AttributeName]: value },
    })
    return {}
  },
})

export const deleteTopic = operation(DeleteTopic, {
  authorize: onTopic,
  scope: scopeOfTopic,
  provenance: 'recorded',
  run(ctx, { TopicArn }) {
    const { name } = requireTopicAddress(ctx, TopicArn)
    if (topics.delete(ctx, name) === undefined) return {} // Deleting is idempotent.
    sequences.delete(ctx, name)
    forgetDataKeys(ctx, dataKeys, TopicArn)
    abandonSubscriptions(ctx, TopicArn)
    return {}
  },
})

export const listTopics = operation(ListTopics, {
  authorize: (_input, ctx) => topicArn(ctx, '*'),
  provenance: 'modelled',
  run(ctx, { NextToken }) {
    const after = pageStart(NextToken, 'topics')
    const page: Topic[] = []
    for (const topic of topics.scan(ctx, after === undefined ? {} : { after })) {
      if (page.length === pageSize)
        return { Topics: page.map(shown), NextToken: nextToken(page, 'topics') }
      page.push(topic)
    }
    return { Topics: page.map(shown) }
  },
})

const shown = ({ arn }: Topic) => ({ TopicArn: arn })

function nextToken(page: readonly Topic[], query: unknown): string {
  return pageToken(page.at(-1)?.name ?? '', query)
}

/** Where a page starts. The words of the refusal are ours. */
export function pageStart(token: string | undefined, query: unknown): string | undefined {
  if (token === undefined) return undefined
  const position = positionOf(token, query)
  if (position === undefined) throw invalidParameter('NextToken')
  return position
}
