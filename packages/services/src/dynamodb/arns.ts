import type { Scope } from '@cloud-orrery/kernel'

/** Of this partition alone: policies judge ARNs as they are written, so no table may have a second one. */
const ofTable = /^arn:aws:dynamodb:([a-z0-9-]+):(\d{12}):table\/([a-zA-Z0-9_.-]+)$/

export function tableArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:dynamodb:${region}:${accountId}:table/${name}`
}

export function indexArn(arn: string, index: string): string {
  return `${arn}/index/${index}`
}

/** The name of the table that a `TableName` means: it may be an ARN. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (ofTable.exec(nameOrArn)?.[3] ?? nameOrArn) : nameOrArn
}

/** The ARN that a policy judges for a `TableName`. */
export function arnOf(ctx: Scope, nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : tableArn(ctx, nameOrArn)
}

/** Where the table is that a `TableName` means: an ARN may be of another account. */
export function placeOf(nameOrArn: string | undefined): Partial<Scope> {
  if (nameOrArn === undefined || !nameOrArn.startsWith('arn:')) return {}
  const accountId = ofTable.exec(nameOrArn)?.[2]
  return accountId === undefined ? {} : { accountId }
}

/** Account and table of the ARN of a table, an index, a stream; undefined for others. */
export function tableOfArn(
  arn: string,
): { region: string; accountId: string; name: string; rest: string } | undefined {
  const found = /^arn:aws:dynamodb:([a-z0-9-]+):(\d{12}):table\/([a-zA-Z0-9_.-]+)((?:\/.*)?)$/.exec(
    arn,
  )
  const [, region, accountId, name, rest = ''] = found ?? []
  if (region === undefined || accountId === undefined || name === undefined) return undefined
  return { region, accountId, name, rest }
}
