import type { Task } from '../../../define.ts'
import type { ReaderName } from './state.ts'

/**
 * The task that reads a shard, by name: `reading.ts` has it. Tasks are found by their name when they run; what
 * else one has is not asked for where it is only scheduled.
 */
export const readShardTask: Task<ReaderName> = { name: 'lambda.read-shard', run: () => {} }
