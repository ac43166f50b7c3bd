import type { Member, Shape } from '@cloud-orrery/models'

/**
 * What is the same on both sides of the wire, as plain data: moments in whole seconds (the coarsest format has no
 * more), blobs as base64, absent members left out. `problems` gets the path of what the model does not know.
 */
export function plainOf(shape: Shape, value: unknown, path: string, problems: string[]): unknown {
  switch (shape.type) {
    case 'structure':
    case 'union':
      return plainStructure(shape, value, path, problems)
    case 'list':
      return plainList(shape, value, path, problems)
    case 'map':
      return plainMap(shape, value, path, problems)
    case 'timestamp':
      return plainMoment(value, path, problems)
    case 'blob':
      if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
      return wrongType(shape, value, path, problems)
    case 'document':
      return value
    case 'boolean':
      return typeof value === 'boolean' ? value : wrongType(shape, value, path, problems)
    case 'string':
    case 'enum':
      // The SDK for JavaScript reads S3's Expires as a moment, though it need not be one.
      if (value instanceof Date) return value.toUTCString()
      return typeof value === 'string' ? value : wrongType(shape, value, path, problems)
    default:
      // The SDK for JavaScript has S3's part number markers as text.
      if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value)
      return typeof value === 'number' ? value : wrongType(shape, value, path, problems)
  }
}

function wrongType({ type }: Shape, value: unknown, path: string, problems: string[]): unknown {
  problems.push(
    `${path} is ${typeof value} ${String(value).slice(0, 60)} where the model has ${type}`,
  )
  return value
}

function plainMoment(value: unknown, path: string, problems: string[]): unknown {
  const ms = value instanceof Date ? value.getTime() : value
  if (typeof ms === 'number' && Number.isFinite(ms)) return Math.floor(ms / 1000)
  return wrongType({ name: 'Timestamp', type: 'timestamp' }, value, path, problems)
}

function plainStructure(shape: Shape, value: unknown, path: string, problems: string[]): unknown {
  if (typeof value !== 'object' || value === null) return wrongType(shape, value, path, problems)
  const plain: Record<string, unknown> = {}
  for (const [name, it] of Object.entries(value)) {
    const member = shape.members?.[name]
    if (it === undefined) continue
    if (member === undefined) {
      // S3's Expires as it was written, which the SDK for JavaScript adds.
      if (name !== 'ExpiresString') problems.push(`${path}.${name} is not in the model`)
    } else if (member.shape.eventStream === true) {
      const events = plainEvents(member.shape, it, `${path}.${name}`, problems)
      if (events.length > 0) plain[name] = events
    } else if (member.shape.streaming !== true && !isEmptyBody(member, it)) {
      plain[name] = plainOf(member.shape, it, `${path}.${name}`, problems)
    }
  }
  return plain
}

/** A body of no bytes is none at all, which the SDK for JavaScript reads as null. */
function isEmptyBody({ location, shape }: Member, value: unknown): boolean {
  if (location !== 'payload' || shape.type !== 'blob') return false
  return value === null || (value instanceof Uint8Array && value.length === 0)
}

/** The events of a stream that was read to its end. */
function plainEvents(shape: Shape, value: unknown, path: string, problems: string[]): unknown[] {
  if (Array.isArray(value)) {
    return value.map((it, at) => plainStructure(shape, it, `${path}[${at}]`, problems))
  }
  return [wrongType(shape, value, path, problems)]
}

function plainList({ member, ...shape }: Shape, value: unknown, path: string, problems: string[]) {
  if (!Array.isArray(value)) return wrongType(shape, value, path, problems)
  return value.map((it, at) =>
    member === undefined || it === null
      ? it
      : plainOf(member.shape, it, `${path}[${at}]`, problems),
  )
}

function plainMap(
  { value: of, ...shape }: Shape,
  value: unknown,
  path: string,
  problems: string[],
) {
  if (typeof value !== 'object' || value === null || of === undefined) {
    return wrongType(shape, value, path, problems)
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, it]) => it !== undefined)
      .map(([key, it]) => [key, plainOf(of.shape, it, `${path}.${key}`, problems)]),
  )
}

/** Where two plain values differ first: a path with both values; undefined where they are the same. */
export function differenceOf(left: unknown, right: unknown, path = ''): string | undefined {
  if (Object.is(left, right)) return undefined
  if (isRecord(left) && isRecord(right) && Array.isArray(left) === Array.isArray(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const found = differenceOf(left[key], right[key], `${path}.${key}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  return `${path}: ${shown(left)} became ${shown(right)}`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 120)
}

/** Members that the model requires of an answer and that are not there. */
export function missingMembers(shape: Shape, value: unknown, path: string): string[] {
  if (!isRecord(value)) return []
  if (shape.type === 'list' && Array.isArray(value) && shape.member !== undefined) {
    const { shape: element } = shape.member
    return value.flatMap((it, at) => missingMembers(element, it, `${path}[${at}]`))
  }
  if (shape.type === 'map' && shape.value !== undefined) {
    const { shape: inner } = shape.value
    return Object.entries(value).flatMap(([key, it]) => missingMembers(inner, it, `${path}.${key}`))
  }
  return Object.values(shape.members ?? {}).flatMap((member) => {
    const it = value[member.name]
    const own = `${path}.${member.name}`
    if (it === undefined) return member.required === true ? [`${own} is required and missing`] : []
    return missingMembers(member.shape, it, own)
  })
}

/** Forms, headers and flattened XML have no way to say that something is there and empty. */
export function inForm(value: unknown): unknown {
  if (Array.isArray(value)) {
    const kept = value.map(inForm).filter((it) => it !== undefined)
    return kept.length === 0 ? undefined : kept
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([name, it]) => [name, inForm(it)] as const)
  const kept = entries.filter(([, it]) => it !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}
