/** The task that is told of messages in a queue; `poll.ts` has it. */
export const pollTask = 'lambda.poll-queue'
