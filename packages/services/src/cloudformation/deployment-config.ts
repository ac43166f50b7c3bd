import type { DeploymentConfig } from '@cloud-orrery/models/cloudformation'

/**
 * Whether a request wants failures left as they are; undefined where it does not say. The mode makes no difference
 * here: a resource is ready when its configuration is applied, so that `EXPRESS` has nothing to leave for later.
 */
export function isRollbackDisabled(input: {
  readonly DisableRollback?: boolean | undefined
  readonly DeploymentConfig?: DeploymentConfig | undefined
}): boolean | undefined {
  return input.DisableRollback ?? input.DeploymentConfig?.DisableRollback
}
