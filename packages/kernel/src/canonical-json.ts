import { createHash } from 'node:crypto'

/**
 * JSON with sorted keys, so that equal values give equal text. Bytes are written as their SHA-256 and
 * length, `undefined` members are left out, dates and class instances do not occur in the model.
 */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return 'null'
  if (value === null || typeof value !== 'object') {
    return typeof value === 'bigint' ? `"${value}"` : (JSON.stringify(value) ?? 'null')
  }
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return `{"$bytes":${bytes.byteLength},"sha256":"${sha256}"}`
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const member: unknown = (value as Record<string, unknown>)[key] // An object has string keys.
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`)
  }
  return `{${members.join(',')}}`
}
