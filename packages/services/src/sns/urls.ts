import { certificatePath } from './signing-key.ts'

/** Where messages point to: SNS's own host in the topic's region. */
function host(topicArn: string): string {
  return `https://sns.${topicArn.split(':')[3]}.amazonaws.com`
}

export function certificateUrl(topicArn: string): string {
  return host(topicArn) + certificatePath
}

export function subscribeUrl(topicArn: string, token: string): string {
  return `${host(topicArn)}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`
}

export function unsubscribeUrl(topicArn: string, subscriptionArn: string): string {
  return `${host(topicArn)}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`
}

/** `2026-01-01T00:00:00.000Z` */
export function timestamp(atMs: number): string {
  return new Date(atMs).toISOString()
}
