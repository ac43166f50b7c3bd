import { AwsError } from '@cloud-orrery/models'
import { ServiceException } from '@cloud-orrery/models/lambda'
import type { Context } from '../../context.ts'
import { versionKey } from '../lookup.ts'
import { environments, functions, type ProvisionedRecord, versions } from '../state.ts'
import { codeEnvironment, withCredentials } from './code-environment.ts'
import { endEnvironments, newEnvironment, servingDeployment } from './environments.ts'

/**
 * Starts what is missing of provisioned environments; the reason where they cannot be started. Throws ServiceException
 * where STS or KMS fails or is busy, which says nothing about the function: then it is for later.
 */
export async function startProvisioned(
  ctx: Context,
  { functionName, version: number, requested }: ProvisionedRecord,
): Promise<string | undefined> {
  const version = versions.get(ctx, versionKey(functionName, number))
  const fn = functions.get(ctx, functionName)
  if (version === undefined || fn === undefined) return 'FUNCTION_ERROR_INIT_FAILURE'
  const deployment = servingDeployment(version)
  let there = 0
  for (const it of environments.where(ctx, 'function', functionName)) {
    if (it.provisioned && it.version === number) there += 1
  }
  for (; there < requested; there += 1) {
    const record = newEnvironment(ctx, version, deployment, true)
    try {
      const ready = await withCredentials(ctx, record, deployment.settings)
      const { arn } = fn
      const outcome = await ctx.code.start(await codeEnvironment(ctx, ready, deployment, arn))
      if (outcome.end.kind === 'returned') {
        environments.put(ctx, { ...ready, warm: true })
        continue
      }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      if (error.code === ServiceException.code) {
        environments.delete(ctx, record.id)
        throw error
      }
    }
    environments.delete(ctx, record.id)
    // Source: developer guide, "Provisioned concurrency": what StatusReason tells of an init phase that failed.
    return 'FUNCTION_ERROR_INIT_FAILURE'
  }
  if (there > requested) {
    let extra = there - requested
    endEnvironments(ctx, functionName, (it) => {
      if (!it.provisioned || it.version !== number || extra === 0) return false
      extra -= 1
      return true
    })
  }
  return undefined
}

export function endProvisioned(ctx: Context, functionName: string, version: number): void {
  endEnvironments(ctx, functionName, (it) => it.provisioned && it.version === version)
}
