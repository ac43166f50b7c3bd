import type { ResourceContext } from '../../context.ts'

/** How CloudFormation names what IAM itself has no name for: `stack-logi-XXXXXXXXXXXX`. Seen in stacks. */
export function shortName({ stackName, logicalId, ids }: ResourceContext): string {
  return `${stackName.slice(0, 5)}-${logicalId.slice(0, 4)}-${ids.alphanumeric(12)}`
}
