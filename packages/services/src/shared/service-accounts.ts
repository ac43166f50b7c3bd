/**
 * Accounts of AWS's own services: what they keep there is no customer's, and no inventory shows it.
 * The numbers are ours; AWS does not publish its own.
 */
const serviceAccountPrefix = '0000000000'

export const cloudformationAccountId = `${serviceAccountPrefix}01`

export const lambdaAccountId = `${serviceAccountPrefix}02`

export function isServiceAccount(accountId: string): boolean {
  return accountId.startsWith(serviceAccountPrefix)
}
