import { ReceiveMessage, SendMessage } from '@cloud-orrery/models/sqs'
import type { Draw } from '../draw.ts'
import type { World } from '../world.ts'
import type { Queues } from './queues.ts'

/** Several senders at once: each is answered, and each message is there once. */
export async function sendAtOnce(world: World, queues: Queues, draw: Draw): Promise<string> {
  const book = queues.book(draw.pick(['orders', 'afar']))
  const tokens = Array.from({ length: draw.int(2, 6) }, () => world.token('atonce'))
  const notBeforeMs = world.nowMs
  const answers = await Promise.all(
    tokens.map((MessageBody) =>
      world.attempt(SendMessage, { QueueUrl: book.url, MessageBody }, book.place),
    ),
  )
  for (const [i, { output }] of answers.entries()) {
    if (output === undefined) continue
    queues.sent(book.name, tokens[i] ?? '', output.MessageId ?? '', notBeforeMs)
  }
  return `send ${tokens.length} to ${book.name} side by side`
}

/** A receiver waits; meanwhile somebody may send. Whether it comes back with that or with something older. */
export async function pollAndSend(world: World, queues: Queues, draw: Draw): Promise<string> {
  const book = queues.book(draw.pick(['orders', 'afar']))
  const max = draw.int(1, 10)
  const startedAtMs = world.nowMs
  const polling = world.attempt(
    ReceiveMessage,
    {
      QueueUrl: book.url,
      MaxNumberOfMessages: max,
      VisibilityTimeout: 30,
      WaitTimeSeconds: draw.int(1, 20),
      MessageSystemAttributeNames: ['All'],
    },
    { ...book.place, waits: true },
  )
  let sent = 'nobody sends'
  if (draw.chance(0.6)) {
    const token = world.token('meanwhile')
    const { output } = await world.attempt(
      SendMessage,
      { QueueUrl: book.url, MessageBody: token },
      book.place,
    )
    if (output !== undefined) queues.sent(book.name, token, output.MessageId ?? '', startedAtMs)
    sent = `${token} is sent meanwhile`
  }
  const { output } = await polling
  if (output === undefined) return `wait for messages of ${book.name}: refused`
  const asked = { max, visibilitySeconds: 30, startedAtMs }
  const taken = queues.taken(book, output.Messages ?? [], asked)
  const tokens = taken.map(({ token }) => token).join(' ')
  return `wait for messages of ${book.name}, ${sent}: ${tokens || 'nothing'}`
}
