import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { type Cloud, client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { mailbox } from '@cloud-orrery/services'

/** A fresh cloud, and the client of its account. */
export function world(): { cloud: Cloud; ses: SESv2Client } {
  const cloud = createCloud({ deepFreeze: true })
  return { cloud, ses: once(client(cloud, SESv2Client)) }
}

/** Without the retries of the SDK, which wait in real time. */
export function once<C>(made: C): C {
  const { config } = made as { config: object } // Every client of the SDK has one.
  Object.assign(config, { retryStrategy: async () => noRetry })
  return made
}

const noRetry = {
  mode: 'once',
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async () => {
    throw new Error('no second attempt')
  },
  recordSuccess: () => {},
}

export const mailsIn = (cloud: Cloud) => mailbox.all(cloud.scope('', ''))

/** Creates an identity and follows the link that is sent to it. */
export async function verified(
  { cloud, ses }: { cloud: Cloud; ses: SESv2Client },
  address: string,
): Promise<void> {
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: address }))
  const mail = mailbox.to(cloud.scope('', ''), address).at(-1)
  await fetchFromCloud(cloud, mail?.links[0] ?? '')
}

/** The model's own setting of what an account may send. */
export async function setLimits(
  cloud: Cloud,
  limits: { maxSendRate?: number; max24HourSend?: number; productionAccess?: boolean },
): Promise<number> {
  const url = 'https://sending-limits.us-east-1.orrery/?account=123456789012'
  return (await fetchFromCloud(cloud, url, { method: 'PUT', body: JSON.stringify(limits) })).status
}

export async function refusal(call: Promise<unknown>): Promise<readonly [string, string, number?]> {
  try {
    await call
    return ['none', '']
  } catch (error) {
    const { name, message, $metadata } = error as Error & {
      $metadata?: { httpStatusCode?: number }
    }
    return [name, message, $metadata?.httpStatusCode]
  }
}
