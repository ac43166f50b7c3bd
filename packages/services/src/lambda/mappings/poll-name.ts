/** The task that is told of messages in a queue; `poll.ts` has it. */
export const pollTask = 'lambda.poll-queue'

/** The task that is told of records in a stream; `streams/reading.ts` has it. */
export const readTask = 'lambda.read-stream'
