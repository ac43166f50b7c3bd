import {
  CreateTopic,
  ListSubscriptionsByTopic,
  Publish,
  PublishBatch,
  SetTopicAttributes,
  Subscribe,
  Unsubscribe,
} from '@cloud-orrery/models/sns'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import { abroad, home, type World } from '../world.ts'
import type { Queues } from './queues.ts'

/** Topics with queues behind them, one in another account and Region: each publication comes to each subscriber. */
export class Topics implements Part {
  readonly name = 'topics'
  readonly #world: World
  readonly #queues: Queues
  #topic = ''
  #fifoTopic = ''
  /** Of the queue that comes and goes; undefined while it is not subscribed. */
  #subscription: string | undefined

  constructor(world: World, queues: Queues) {
    this.#world = world
    this.#queues = queues
  }

  async prepare(): Promise<void> {
    const senders = ['sns.amazonaws.com']
    await this.#queues.make('news-one', { senders })
    await this.#queues.make('news-red', { senders })
    await this.#queues.make('news-afar', { senders, place: abroad })
    await this.#queues.make('news-all.fifo', { senders, isFifo: true })
    this.#topic = (await this.#world.done(CreateTopic, { Name: 'news' })).TopicArn ?? ''
    const Attributes = { FifoTopic: 'true' }
    const fifo = await this.#world.done(CreateTopic, { Name: 'news.fifo', Attributes })
    this.#fifoTopic = fifo.TopicArn ?? ''
    const Statement = {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${abroad.accountId}:root` },
      Action: ['sns:Subscribe'],
      Resource: this.#topic,
    }
    await this.#world.done(SetTopicAttributes, {
      TopicArn: this.#topic,
      AttributeName: 'Policy',
      AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement: [Statement] }),
    })
    await this.#subscribe(this.#topic, 'news-red', {
      FilterPolicy: '{"colour":["red"]}',
      RawMessageDelivery: 'true',
    })
    await this.#subscribe(this.#topic, 'news-afar')
    await this.#subscribe(this.#fifoTopic, 'news-all.fifo')
    this.#subscription = await this.#subscribe(this.#topic, 'news-one')
  }

  async #subscribe(
    TopicArn: string,
    queue: string,
    Attributes: Record<string, string> = {},
  ): Promise<string | undefined> {
    const { arn, place } = this.#queues.book(queue)
    const as = this.#world.cloud.credentials(place.accountId)
    const { output } = await this.#world.attempt(
      Subscribe,
      { TopicArn, Protocol: 'sqs', Endpoint: arn, Attributes, ReturnSubscriptionArn: true },
      { as, region: home.region },
    )
    return output?.SubscriptionArn
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'topics.publish': (draw) => this.#publish(draw),
    'topics.publishMore': (draw) => this.#publish(draw),
    'topics.publishBatch': (draw) => this.#publishBatch(draw),
    'topics.publishInOrder': (draw) => this.#publishInOrder(draw),
    'topics.subscription': () => this.#comeOrGo(),
  }

  async #publish(draw: Draw): Promise<string> {
    const token = this.#world.token('news')
    const colour = draw.pick(['red', 'blue'])
    const { output, refusal } = await this.#world.attempt(Publish, {
      TopicArn: this.#topic,
      Message: token,
      MessageAttributes: { colour: { DataType: 'String', StringValue: colour } },
    })
    if (output !== undefined) this.#expect(token, colour)
    return `publish ${token}, ${colour}: ${refusal ?? 'published'}`
  }

  #expect(token: string, colour: string): void {
    const via = 'a topic'
    this.#queues.expect('news-afar', token, { via })
    if (colour === 'red') this.#queues.expect('news-red', token, { via })
    if (this.#subscription !== undefined) this.#queues.expect('news-one', token, { via })
  }

  async #publishBatch(draw: Draw): Promise<string> {
    const tokens = Array.from({ length: draw.int(1, 10) }, () => this.#world.token('news'))
    const { output, refusal } = await this.#world.attempt(PublishBatch, {
      TopicArn: this.#topic,
      PublishBatchRequestEntries: tokens.map((Message, i) => ({ Id: `e${i}`, Message })),
    })
    if (output !== undefined) {
      const count = output.Successful?.length
      holds(count === tokens.length, 'batch answers', () => `${count} of ${tokens.length}`)
      for (const token of tokens) this.#expect(token, 'none')
    }
    return `publish ${tokens.length} at once: ${refusal ?? 'published'}`
  }

  async #publishInOrder(draw: Draw): Promise<string> {
    const token = this.#world.token('fifo')
    const group = `g${draw.int(0, 2)}`
    const { output, refusal } = await this.#world.attempt(Publish, {
      TopicArn: this.#fifoTopic,
      Message: token,
      MessageGroupId: group,
      MessageDeduplicationId: token,
    })
    if (output !== undefined) {
      this.#queues.expect('news-all.fifo', token, { via: 'a FIFO topic', group })
    }
    return `publish ${token} in ${group}: ${refusal ?? 'published'}`
  }

  /** What is under way when a queue unsubscribes may still come, and need not. */
  async #comeOrGo(): Promise<string> {
    const SubscriptionArn = this.#subscription
    if (SubscriptionArn === undefined) {
      this.#subscription = await this.#subscribe(this.#topic, 'news-one')
      return `subscribe news-one: ${this.#subscription ?? 'refused'}`
    }
    const { output, refusal } = await this.#world.attempt(Unsubscribe, { SubscriptionArn })
    if (output === undefined) return `unsubscribe news-one: ${refusal}`
    this.#subscription = undefined
    this.#queues.doubt((name) => name === 'news-one')
    return 'unsubscribe news-one'
  }

  async end(): Promise<void> {
    const found: string[] = []
    let NextToken: string | undefined
    do {
      const page = await this.#world.done(ListSubscriptionsByTopic, {
        TopicArn: this.#topic,
        ...(NextToken === undefined ? {} : { NextToken }),
      })
      found.push(...(page.Subscriptions ?? []).map(({ Endpoint = '' }) => Endpoint))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    const names = ['news-red', 'news-afar', ...(this.#subscription ? ['news-one'] : [])]
    const expected = names.map((name) => this.#queues.book(name).arn).sort()
    holds(String(found.sort()) === String(expected), 'list of subscriptions', () => `${found}`)
  }
}
