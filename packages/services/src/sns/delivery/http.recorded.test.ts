import {
  ConfirmSubscriptionCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import type { OutboundRequest } from '@cloud-orrery/services'
import { recorded, replaying } from '../recorded-topics.test-support.ts'

/** What the connection adds to a request, below SNS. */
const ofTheConnection = ['Connection', 'Content-Length', 'Host']

/** A subscribed HTTP endpoint that keeps what it was posted. */
async function endpoint(name: string) {
  const at = replaying(`TestSNSSubscriptionHttp::${name}`)
  const posts: OutboundRequest[] = []
  at.cloud.internet.set('hooks.example', (request) => {
    posts.push(request)
    return { status: 200, headers: {}, body: '' }
  })
  at.bindings.set('<host:1>', 'hooks.example')
  const topicArn = await at.newTopic()
  const { SubscriptionArn: arn = '' } = await at.sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'http',
      Endpoint: 'http://hooks.example/sns-endpoint',
      ReturnSubscriptionArn: true,
    }),
  )
  return {
    ...at,
    topicArn,
    arn,
    async post(number: number): Promise<OutboundRequest> {
      await at.cloud.settle()
      const found = posts[number]
      if (found === undefined) throw new Error(`${posts.length} posts came`)
      return found
    },
    confirm: (Token: string) =>
      at.sns.send(new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token })),
    /** A link's answer as a recording of its XML reads. */
    async link(key: string, url: string) {
      const response = await fetchFromCloud(at.cloud, url)
      const answer = xmlObject(await response.text(), response.status)
      at.holds(key, answer)
    },
  }
}

/**
 * Elements as objects; the answers here have no attributes that count and no lists. The recorded tests put
 * the status in the place of the request's id.
 */
function xmlObject(xml: string, status: number): unknown {
  const elements = [...xml.matchAll(/<(\w+)[^>]*>([\s\S]*?)<\/\1>/g)]
  if (elements.length === 0) return xml
  return Object.fromEntries(
    elements.map(([, name = '', inside = '']) => [
      name,
      name === 'ResponseMetadata'
        ? { HTTPHeaders: {}, HTTPStatusCode: status }
        : xmlObject(inside, status),
    ]),
  )
}

/** Header names as HTTP/1.1 servers show them. */
function shownHeaders({ headers }: OutboundRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
      value,
    ]),
  )
}

const body = ({ body }: OutboundRequest) => JSON.parse(body) as Record<string, string>

recorded(
  'test_subscribe_external_http_endpoint[True]: confirmed by its link, told of its end',
  async () => {
    const at = await endpoint('test_subscribe_external_http_endpoint[True]')
    const { topicArn, arn, holds, post, link } = at
    await at.setSubscription(arn, 'RawMessageDelivery', 'true')
    const asked = await post(0)
    holds('subscription-confirmation', body(asked))
    holds('http-confirm-sub-headers', shownHeaders(asked), ofTheConnection)
    const { Token = '', SubscribeURL = '' } = body(asked)
    const host = 'https://sns.us-east-1.amazonaws.com'
    const confirm = (topic: string, token: string) =>
      `${host}/?Action=ConfirmSubscription&TopicArn=${topic}&Token=${token}`
    await link('broken-topic-arn-confirm', confirm('not-an-arn', Token))
    await link('broken-token-confirm', confirm(topicArn, 'abc123'))
    const elsewhere = topicArn.replace('us-east-1', 'eu-central-1')
    await link('different-region-arn-confirm', confirm(elsewhere, Token))
    await link('nonexistent-token-confirm', confirm(`${topicArn.slice(0, -1)}x`, Token))
    await link('confirm-subscribe', SubscribeURL)

    await at.publish(topicArn, 'test_external_http_endpoint')
    const told = await post(1)
    holds('http-message-headers-raw', shownHeaders(told), ofTheConnection)
    await link('unsubscribe-response', `${host}/?Action=Unsubscribe&SubscriptionArn=${arn}`)
    holds('unsubscribe-request', body(await post(2)))
  },
)

const retryPolicy = JSON.stringify({
  healthyRetryPolicy: {
    minDelayTarget: 1,
    maxDelayTarget: 1,
    numRetries: 0,
    numNoDelayRetries: 0,
    numMinDelayRetries: 0,
    numMaxDelayRetries: 0,
    backoffFunction: 'linear',
  },
  sicklyRetryPolicy: null,
  throttlePolicy: { maxReceivesPerSecond: 1000 },
  guaranteed: false,
})

recorded(
  'test_subscribe_external_http_endpoint_content_type[False]: a policy names the content type',
  async () => {
    const at = await endpoint('test_subscribe_external_http_endpoint_content_type[False]')
    const { sns, topicArn, arn, answers, holds, post } = at
    await at.setSubscription(arn, 'DeliveryPolicy', retryPolicy)
    const policy = { http: { defaultRequestPolicy: { headerContentType: 'application/json' } } }
    await sns.send(
      new SetTopicAttributesCommand({
        TopicArn: topicArn,
        AttributeName: 'DeliveryPolicy',
        AttributeValue: JSON.stringify(policy),
      }),
    )
    const topic = sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn }))
    // The recorded count is that of a moment; AWS counts the new subscription later.
    await answers('topic-attrs', topic, ['Attributes.SubscriptionsPending'])
    const subscription = new GetSubscriptionAttributesCommand({ SubscriptionArn: arn })
    await answers('sub-attrs', sns.send(subscription))
    const asked = await post(0)
    holds('subscription-confirmation', body(asked))
    holds('http-confirm-sub-headers', shownHeaders(asked), ofTheConnection)
    await at.confirm(body(asked)['Token'] ?? '')
    await at.publish(topicArn, 'test_external_http_endpoint')
    const told = await post(1)
    holds('http-message', body(told))
    holds('http-message-headers', shownHeaders(told), ofTheConnection)
  },
)

recorded(
  'test_subscribe_external_http_endpoint_lambda_url_sig_validation: three messages of one endpoint',
  async () => {
    const at = await endpoint('test_subscribe_external_http_endpoint_lambda_url_sig_validation')
    const { cloud, topicArn, answers, holds, post } = at
    const seen = async (number: number) => {
      const request = await post(number)
      return { events: [{ body: body(request), headers: request.headers }] }
    }
    const asked = await seen(0)
    holds('subscription-confirmation', asked)
    const { Token = '' } = asked.events[0]?.body ?? {}
    await answers('confirm-subscription', at.confirm(Token))
    await at.publish(topicArn, 'test_external_http_endpoint')
    const told = await seen(1)
    holds('publish-event', told)
    await fetchFromCloud(cloud, told.events[0]?.body['UnsubscribeURL'] ?? '')
    holds('unsubscribe-event', await seen(2))
  },
)
