import type { Cloud } from '@cloud-orrery/cloud'
import type { FaultEffect } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'

/** A service that has too many calls, as most services say it. */
export const busy: FaultEffect = {
  kind: 'error',
  code: 'ThrottlingException',
  message: 'Busy.',
  status: 400,
}

/** A service that fails. */
export const out: FaultEffect = {
  kind: 'error',
  code: 'InternalError',
  message: 'Out.',
  status: 500,
}

/**
 * `Code: message` of what a call is refused with while a site of faults is busy, and then while it is out. The work
 * calls without the SDK, which would try again after real seconds.
 */
export async function refusalsDuring(
  cloud: Cloud,
  site: string,
  work: () => Promise<unknown>,
): Promise<string[]> {
  const refusals: string[] = []
  for (const effect of [busy, out]) {
    const fault = cloud.armFault(site, effect)
    refusals.push(await refusalOf(work()))
    cloud.endFault(fault)
  }
  return refusals
}

async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'not refused'
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return `${error.code}: ${error.message}`
  }
}
