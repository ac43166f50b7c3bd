import { type BlobSource, invariant } from '@cloud-orrery/kernel'
import { Cloud, type CloudOptions } from '../cloud.ts'
import { Services } from '../services.ts'
import { type RestoredState, restoredKernel } from './cloud-state.ts'

/** A cloud that goes on where a state was captured; its clock is held until told otherwise. */
export async function restoredCloud(
  beginning: RestoredState,
  options: CloudOptions,
  source?: BlobSource,
): Promise<Cloud> {
  const known = await Services.named(beginning.services)
  let cloud: Cloud | undefined
  const { deepFreeze, journalEntriesMax, choices } = options
  const kernel = restoredKernel(
    beginning,
    (task, turn) => {
      invariant(cloud !== undefined, 'a task ran before its cloud was made')
      return cloud.runTask(task, turn)
    },
    {
      clock: { kind: 'held' },
      ...(choices === undefined ? {} : { choices }),
      ...(deepFreeze === undefined ? {} : { deepFreeze }),
      ...(journalEntriesMax === undefined ? {} : { journalEntriesMax }),
    },
    source,
  )
  cloud = new Cloud({ ...options, clock: { kind: 'held' } }, kernel, known)
  cloud.buckets.import(beginning.buckets)
  cloud.beginning = beginning
  kernel.scheduler.outsideNumber = beginning.outsideNumber
  return cloud
}
