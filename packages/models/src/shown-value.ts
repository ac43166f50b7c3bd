import type { Member, Shape } from './shape.ts'

/** Elements of a list or map beyond this many are left out: a message is for reading. */
const shownMax = 1000
const shownDepthMax = 20

/**
 * A refused value as AWS's message shows it, with its quotes: Java's notation of lists, maps and
 * structures. Empty for what is sensitive.
 * Recorded: states CreateStateMachineAlias (`routingConfiguration`).
 */
export function shownValue(shape: Shape, value: unknown): string {
  return isSensitive(shape) ? '' : `'${show(shape, value, 0)}'`
}

function isSensitive(shape: Shape): boolean {
  if (shape.sensitive === true) return true
  const inner = [shape.member, shape.key, shape.value].filter((it) => it !== undefined)
  return inner.some(({ shape: it }) => it.sensitive === true)
}

function show(shape: Shape, value: unknown, depth: number): string {
  if (value === undefined || value === null) return 'null'
  if (depth > 0 && shape.sensitive === true) return '*** Sensitive Data Redacted ***'
  if (value instanceof Uint8Array) {
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.byteLength} cap=${value.byteLength}]`
  }
  if (typeof value !== 'object' || depth > shownDepthMax) return String(value)
  const inner = (member: Member | undefined, it: unknown): string =>
    member === undefined ? String(it) : show(member.shape, it, depth + 1)
  if (Array.isArray(value)) {
    return `[${value
      .slice(0, shownMax)
      .map((it) => inner(shape.member, it))
      .join(', ')}]`
  }
  if (shape.members !== undefined) {
    const record = value as Record<string, unknown>
    // Deviation: AWS orders the members as its own code does; the model's order is close to it.
    const fields = Object.values(shape.members).map((member) => {
      const name = member.name.charAt(0).toLowerCase() + member.name.slice(1)
      return `${name}=${inner(member, record[member.name])}`
    })
    return `${shape.name}(${fields.join(', ')})`
  }
  const entries = Object.entries(value).slice(0, shownMax)
  return `{${entries.map(([key, it]) => `${key}=${inner(shape.value, it)}`).join(', ')}}`
}
