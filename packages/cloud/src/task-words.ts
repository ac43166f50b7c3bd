/** What pending work does, in words; the name of any other task tells it well enough. */
const words: Readonly<Record<string, string>> = {
  'cloudformation.answered': 'take the answer of a custom resource',
  'cloudformation.childMoved': 'go on after a nested stack',
  'cloudformation.compute': 'work out a change set',
  'cloudformation.detectDrift': 'look for drift',
  'cloudformation.expire': 'give up waiting for a resource',
  'cloudformation.finish': 'complete a resource',
  'cloudformation.notify': 'tell of a stack event',
  'cloudformation.settle': 'end a phase of a stack operation',
  'cloudformation.start': 'begin a stack operation',
  'cloudformation.timeOut': 'call off a stack operation that takes too long',
  'cloudformation.work': 'create, change or delete a resource',
  'events.bury': 'put an event into a dead-letter queue',
  'events.deliver': 'deliver an event to a target',
  'events.expire': 'give up an event that is too old',
  'events.receive': 'take in an event',
  'events.replay': 'replay archived events',
  'events.route': 'match an event with the rules',
  'events.sweep': 'drop archived events that are past their time',
  'events.tick': 'run a schedule',
  'iam.removeLinkedRole': 'delete a service-linked role',
  'kernel.code': 'go on with running code',
  'kernel.wake': 'end the waiting of a call',
  'kms.deleteKey': 'delete a key at the end of its waiting period',
  'kms.rotate': 'rotate a key',
  'logs.dropEvents': 'drop the events of what was deleted',
  'logs.expireEvents': 'drop log events that are past their retention',
  's3.applyLifecycle': 'apply lifecycle rules',
  's3.deliver': 'deliver a notification of a bucket',
  'sns.deadLetter': 'put a message into a dead-letter queue',
  'sns.deliver': 'deliver a message to a subscriber',
  'sns.deliverInOrder': 'deliver the next message of a FIFO topic',
  'sns.expireDeleted': 'forget a deleted subscription',
  'sns.expirePending': 'drop a subscription that nobody confirmed',
  'sns.forgetDeleted': 'forget a deleted topic',
  'sns.forgetDuplicate': 'forget a deduplication id',
  'sqs.move': 'move messages out of a dead-letter queue',
  'sqs.sweep': 'remove what a purge or a deletion left',
  'ssm.applyParameterPolicy': 'apply the policy of a parameter',
  'ssm.notifyTopic': 'tell a topic of an OpsItem',
}

/** `deliver a message to a subscriber: arn:aws:sns:...`: what a task does, and to what. */
export function taskWords(name: string, input: unknown): string {
  const what = words[name] ?? spelled(name)
  const object = objectOf(input)
  return object === undefined ? what : `${what}: ${object}`
}

/** `logs.expireEvents` as `expire events`. */
function spelled(name: string): string {
  const [, verb = name] = name.split('.')
  return verb
    .replace(/[-_]/g, ' ')
    .replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`)
}

/** How deep an input is searched for what it is about. */
const depthMax = 3

const namingKeys = /^(arn|name|logicalId|bucket|queueUrl|.*Arn|.*Name|.*Url|stackId|keyId|id)$/i

/** The first ARN or name in an input, looking at every level before the one below. */
function objectOf(input: unknown): string | undefined {
  let level: unknown[] = [input]
  for (let depth = 0; depth < depthMax && level.length > 0; depth += 1) {
    const next: unknown[] = []
    const named: string[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      for (const [key, member] of Object.entries(value)) {
        // What stands after a question mark may be a signature.
        if (typeof member === 'string') {
          if (namingKeys.test(key) && !member.includes('?')) named.push(member)
        } else next.push(member)
      }
    }
    const found = named.find((text) => text.startsWith('arn:')) ?? named[0]
    if (found !== undefined) return found
    level = next
  }
  return undefined
}
