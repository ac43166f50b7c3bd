/** Longest name of a queue, `.fifo` included. Source: SQS API reference, CreateQueue, `QueueName`. */
export const queueNameCharactersMax = 80

/** A name stays taken for so long after its queue was deleted. Source: SQS API reference, DeleteQueue. */
export const nameTakenAfterDeleteMs = 60_000

/** Time between two purges of one queue. Source: SQS API reference, PurgeQueue. */
export const purgeIntervalMs = 60_000

/** Largest message and largest batch, in bytes. Recorded: sqs, SendMessage and SendMessageBatch. */
export const messageBytesMax = 1_048_576

/** Entries of one batch request. Recorded: sqs, DeleteMessageBatch. */
export const batchEntriesMax = 10

/** Attributes of one message. Source: SQS Developer Guide, "Message metadata". */
export const messageAttributesMax = 10

/** Messages of one ReceiveMessage. Recorded: sqs, ReceiveMessage. */
export const receivedMessagesMax = 10

/** Longest poll, in seconds. Recorded: sqs, ReceiveMessage. */
export const waitSecondsMax = 20

/** Longest delay of a message, in seconds. Source: SQS API reference, SendMessage, `DelaySeconds`. */
export const delaySecondsMax = 900

/** Longest time for which a message stays with one receiver. Source: SQS quotas, "Message visibility timeout". */
export const visibilitySecondsMax = 43_200

/** Messages in flight in one standard queue. Source: SQS quotas, "In-flight messages per queue". */
export const inFlightStandardMax = 120_000

/**
 * Messages in flight in one FIFO queue: as many as in a standard queue since November 2024, 20,000 before.
 * Source: SQS quotas, "In-flight messages per queue".
 */
export const inFlightFifoMax = 120_000

/** How long a FIFO queue knows a message again. Source: SQS Developer Guide, "Exactly-once processing". */
export const deduplicationIntervalMs = 300_000

/**
 * How long a changed deduplication scope takes to be followed. Source: SQS API reference, SetQueueAttributes:
 * "up to 60 seconds". Recorded: sqs, the old scope goes on right after the change.
 */
export const scopePropagationMs = 60_000

/** How long a receive can be repeated by its attempt id. Source: SQS API reference, ReceiveMessage. */
export const receiveAttemptIntervalMs = 300_000

/** Tags of one queue. Source: SQS Developer Guide, "Cost allocation tags". */
export const tagsMax = 50

/** Queues on one page of ListQueues. Source: SQS API reference, ListQueues, `MaxResults`. */
export const queuesPerPageMax = 1000

/** Statements' actions that AddPermission takes. Source: SQS API reference, AddPermission. */
export const permissionActionsMax = 7

/** Fastest move task, in messages a second. Source: SQS API reference, StartMessageMoveTask. */
export const movedPerSecondMax = 500

/** Move tasks listed of one source. Source: SQS API reference, ListMessageMoveTasks, `MaxResults`. */
export const listedMoveTasksMax = 10

/** Messages removed by one step of cleaning up after a purge or a deletion; ours. */
export const sweptPerStep = 1000
