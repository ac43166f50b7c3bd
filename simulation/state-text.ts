import type { Cloud } from '@cloud-orrery/cloud'
import { canonicalJson } from '@cloud-orrery/kernel'

/** Everything of a cloud, as text that is equal for equal states. */
export function stateText(cloud: Cloud): string {
  return canonicalJson(cloud.kernel.export())
}

/** Where two states differ first, for people. */
export function stateDifference(one: string, other: string): string {
  let i = 0
  while (i < one.length && one[i] === other[i]) i += 1
  const from = Math.max(0, i - 150)
  return `at character ${i}: …${one.slice(from, i + 150)}… against …${other.slice(from, i + 150)}…`
}
