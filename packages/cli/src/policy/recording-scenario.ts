import { type Cloud, observe, type Recording, replay, replayedTrial } from '@cloud-orrery/cloud'
import type { Scenario } from './scenario.ts'

/** Replays a recording; its file may hold several, of which the last one's stacks are meant. */
export async function recordingScenario(path: string): Promise<Scenario> {
  const { readRecordings } = await import('@cloud-orrery/cloud/persistence')
  const recordings = await readRecordings(path)
  const runs: { readonly recording: Recording; readonly cloud: Cloud }[] = []
  for (const recording of recordings) runs.push({ recording, cloud: await replay(recording) })
  const last = runs.at(-1)
  if (last === undefined) throw new Error(`${path} holds no recording.`) // Refused when it is read.
  return {
    cloud: last.cloud,
    stacks: [],
    deployedAt: 0,
    observations: runs.flatMap(({ cloud }) => observe(cloud)),
    async tryOut(trial) {
      for (const { recording, cloud } of runs) {
        const result = await replayedTrial(recording, cloud)(trial)
        if (!result.passed) return result
      }
      return { passed: true }
    },
    close() {
      for (const { cloud } of runs) cloud.close()
    },
  }
}
