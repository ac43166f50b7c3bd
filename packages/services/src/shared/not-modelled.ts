import { type AwsError, awsError, commonError } from '@cloud-orrery/models'

/** The code by which callers and the journal know a refusal of ours from one of AWS. */
export const notModelledCode = 'NotImplemented'

/** Refuses by name what is not built: `notModelled('EventCategory insight of cloudtrail:LookupEvents')`. */
export function notModelled(what: string): AwsError {
  return awsError(commonError(notModelledCode, 501), `Orrery does not model ${what}.`)
}
