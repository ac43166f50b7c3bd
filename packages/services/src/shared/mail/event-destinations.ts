import { AwsError } from '@cloud-orrery/models'
import { Publish } from '@cloud-orrery/models/sns'
import type { Context } from '../../context.ts'
import { configurationSetArn } from './arns.ts'
import { configurationSet } from './configuration-sets.ts'
import { eventDestinationsMax } from './limits.ts'
import { configurationSets, type EventDestination } from './state.ts'
import type { MailWords } from './words.ts'

/** Recorded: ses, SNS topic integration: the first message to a topic. */
const validation = 'Successfully validated SNS topic for Amazon SES event publishing.'

/** Adds a destination, whose topic is told so. */
export async function createDestination(
  ctx: Context,
  setName: string,
  destination: EventDestination,
  words: MailWords,
): Promise<void> {
  const { destinations } = configurationSet(ctx, setName, words)
  if (destinations.some(({ name }) => name === destination.name)) {
    throw words.destinationExists(setName, destination.name)
  }
  if (destinations.length >= eventDestinationsMax) {
    throw words.limitExceeded(
      `Configuration set <${setName}> has reached the limit of ${eventDestinationsMax} event destinations.`,
    )
  }
  await checkDestination(ctx, setName, destination, words)
  const set = configurationSet(ctx, setName, words)
  configurationSets.put(ctx, { ...set, destinations: [...set.destinations, destination] })
}

export async function updateDestination(
  ctx: Context,
  setName: string,
  destination: EventDestination,
  words: MailWords,
): Promise<void> {
  const known = configurationSet(ctx, setName, words).destinations
  if (!known.some(({ name }) => name === destination.name)) {
    throw words.destinationNotFound(setName, destination.name)
  }
  await checkDestination(ctx, setName, destination, words)
  const set = configurationSet(ctx, setName, words)
  const destinations = set.destinations.map((it) =>
    it.name === destination.name ? destination : it,
  )
  configurationSets.put(ctx, { ...set, destinations })
}

export function deleteDestination(
  ctx: Context,
  setName: string,
  name: string,
  words: MailWords,
): void {
  const set = configurationSet(ctx, setName, words)
  const destinations = set.destinations.filter((it) => it.name !== name)
  if (destinations.length === set.destinations.length)
    throw words.destinationNotFound(setName, name)
  configurationSets.put(ctx, { ...set, destinations })
}

async function checkDestination(
  ctx: Context,
  setName: string,
  { name, eventTypes, topicArn, eventBusArn, dimensions }: EventDestination,
  words: MailWords,
): Promise<void> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw words.invalid(
      `Invalid event destination name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`,
    )
  }
  if (eventTypes.length === 0) throw words.invalid('The matching event types must be specified.')
  const kinds = [topicArn, eventBusArn, dimensions].filter((kind) => kind !== undefined)
  if (kinds.length !== 1) throw words.invalid('Exactly one destination must be specified.')
  if (eventBusArn !== undefined && eventBusArn !== defaultBus(ctx)) {
    throw words.invalid('The event bus must be the default event bus of the account.')
  }
  if (topicArn !== undefined) await checkTopic(ctx, setName, name, topicArn, words)
}

function defaultBus({ region, accountId }: Context): string {
  return `arn:aws:events:${region}:${accountId}:event-bus/default`
}

/** Recorded: ses, CreateConfigurationSetEventDestination: a topic that is not there. */
async function checkTopic(
  ctx: Context,
  setName: string,
  name: string,
  topicArn: string,
  words: MailWords,
): Promise<void> {
  try {
    await ctx.call(
      Publish,
      { TopicArn: topicArn, Message: validation },
      {
        as: 'ses.amazonaws.com',
        sourceArn: configurationSetArn(ctx, setName),
        sourceOwner: ctx.accountId,
        region: topicArn.split(':')[3] ?? ctx.region,
      },
    )
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const message = !isThere(ctx, topicArn)
      ? `SNS topic <${topicArn}> not found.`
      : `Could not publish to SNS topic <${topicArn}>.`
    throw words.invalidDestination('sns', setName, name, message)
  }
}

/** SNS denies before it says that there is no topic; SES tells the two apart. */
function isThere(ctx: Context, topicArn: string): boolean {
  const [, , , region = '', accountId = ''] = topicArn.split(':')
  for (const { arn } of ctx.at({ region, accountId }).taggedResources()) {
    if (arn === topicArn) return true
  }
  return false
}
