import type { DeploymentTargets } from '@cloud-orrery/models/cloudformation'
import { notModelled } from '../../shared/not-modelled.ts'
import { validationError } from '../errors.ts'

interface Targets {
  readonly Accounts?: readonly string[] | undefined
  readonly DeploymentTargets?: DeploymentTargets | undefined
}

/** Accounts that a request names, each once; undefined where it names none. */
export function givenAccounts({
  Accounts,
  DeploymentTargets,
}: Targets): readonly string[] | undefined {
  if (Accounts !== undefined && DeploymentTargets !== undefined) {
    throw validationError('Specify either Accounts or DeploymentTargets, but not both.')
  }
  const { OrganizationalUnitIds, AccountsUrl, AccountFilterType } = DeploymentTargets ?? {}
  if (OrganizationalUnitIds !== undefined) {
    throw notModelled('OrganizationalUnitIds of stack sets: there are no organizations yet')
  }
  if (AccountsUrl !== undefined) throw notModelled('AccountsUrl of stack sets')
  if (AccountFilterType !== undefined && AccountFilterType !== 'NONE') {
    throw notModelled('AccountFilterType of stack sets: there are no organizations yet')
  }
  const accounts = Accounts ?? DeploymentTargets?.Accounts
  return accounts === undefined ? undefined : [...new Set(accounts)]
}

/** Throws ValidationError where a request names no account. */
export function requiredAccounts(targets: Targets): readonly string[] {
  const accounts = givenAccounts(targets)
  if (accounts === undefined || accounts.length === 0) {
    throw validationError('Either Accounts or DeploymentTargets must be specified.')
  }
  return accounts
}
