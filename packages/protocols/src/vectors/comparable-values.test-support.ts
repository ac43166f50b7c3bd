import type { Member, Shape } from '@cloud-orrery/models'

/** botocore's `params` and `result` in this package's conventions: milliseconds, bytes, numbers, no nulls. */
export function conventional(value: unknown, member: Pick<Member, 'shape' | 'mediaType'>): unknown {
  const { shape } = member
  if (value === null || value === undefined) return undefined
  switch (shape.type) {
    case 'structure':
    case 'union':
      return conventionalStructure(value as Record<string, unknown>, shape)
    case 'list':
      return (value as unknown[]).map((item) =>
        item === null || shape.member === undefined ? null : conventional(item, shape.member),
      )
    case 'map':
      return mapped(value as Record<string, unknown>, (item) =>
        item === null || shape.value === undefined ? null : conventional(item, shape.value),
      )
    case 'timestamp':
      return Math.round(Number(value) * 1000)
    case 'blob':
      return Uint8Array.from(Buffer.from(String(value), 'utf8'))
    case 'float':
    case 'double':
      return typeof value === 'string' ? Number(value) : value
    case 'long':
      return Number(value)
    case 'string':
      return typeof value === 'object' ? JSON.stringify(value) : value
    default:
      return value
  }
}

export function conventionalStructure(
  value: Record<string, unknown>,
  shape: Shape,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    const member = shape.members?.[name]
    const converted = member === undefined ? undefined : conventional(item, member)
    if (converted !== undefined) result[name] = converted
  }
  return result
}

function mapped(
  value: Record<string, unknown>,
  convert: (item: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(item)]))
}

/** Bytes of any class as plain arrays, so that whole values compare. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('latin1') }
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  return mapped(value as Record<string, unknown>, comparable)
}
