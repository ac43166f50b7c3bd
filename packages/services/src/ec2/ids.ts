import type { Scope } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'

/** Resource types as ARNs and tags spell them, and what their ids begin with. */
const prefixes = {
  vpc: 'vpc',
  subnet: 'subnet',
  'security-group': 'sg',
  'security-group-rule': 'sgr',
  'internet-gateway': 'igw',
  'route-table': 'rtb',
  natgateway: 'nat',
  'elastic-ip': 'eipalloc',
  'network-interface': 'eni',
} as const

export type Ec2Type = keyof typeof prefixes

/** A new id as AWS makes them: a prefix and 17 hex digits, of which the first is 0. */
export function newId(ctx: Context, type: Ec2Type): string {
  return suffixed(ctx, prefixes[type])
}

export function suffixed(ctx: Context, prefix: string): string {
  return `${prefix}-0${ctx.ids.hex(16)}`
}

/** The type that an id says it is of. */
export function typeOfId(id: string): Ec2Type | undefined {
  const prefix = id.slice(0, id.lastIndexOf('-'))
  for (const [type, its] of Object.entries(prefixes)) if (its === prefix) return type as Ec2Type // A key of the table.
  return undefined
}

export function ec2Arn({ accountId, region }: Scope, type: Ec2Type, id: string): string {
  return `arn:aws:ec2:${region}:${accountId}:${type}/${id}`
}
