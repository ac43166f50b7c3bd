/** Parts of an ARN of IAM or STS: `arn:aws:iam::111122223333:role/path/Name`. */
export interface IdentityArn {
  readonly partition: string
  readonly service: string
  readonly accountId: string
  /** `role`, `user`, `assumed-role`, `root`. */
  readonly type: string
  /** What follows the type and a slash: path and name. Empty for root. */
  readonly rest: string
  /** What follows the last slash. */
  readonly name: string
}

const form = /^arn:([^:]+):(iam|sts)::([^:]*):([^/:]+)(?:\/(.*))?$/

export function identityArn(arn: string): IdentityArn | undefined {
  const match = form.exec(arn)
  if (match === null) return undefined
  const [, partition = '', service = '', accountId = '', type = '', rest = ''] = match
  return { partition, service, accountId, type, rest, name: rest.slice(rest.lastIndexOf('/') + 1) }
}

/** The ARN of a role, or of another kind of IAM's entities. `path` starts and ends with a slash. */
export function entityArn(
  { accountId, partition }: { accountId: string; partition: string },
  type: 'user' | 'group' | 'role' | 'policy' | 'instance-profile',
  path: string,
  name: string,
): string {
  return `arn:${partition}:iam::${accountId}:${type}${path}${name}`
}
