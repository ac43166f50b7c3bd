/**
 * Page tokens: opaque to callers, the same for the same page. A token carries where to go on and a mark of
 * the request that it belongs to, so that one from another request is known to be wrong.
 */
export function pageToken(position: string, request: unknown): string {
  return Buffer.from(JSON.stringify([position, mark(request)])).toString('base64url')
}

/** Where to go on; undefined when the token is not one of ours or belongs to another request. */
export function positionOf(token: string, request: unknown): string | undefined {
  try {
    const [position, of] = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[]
    return typeof position === 'string' && of === mark(request) ? position : undefined
  } catch {
    return undefined // Not JSON: no token of ours.
  }
}

/** FNV-1a over the request's JSON, as eight hex digits. */
function mark(request: unknown): string {
  let hash = 0x811c9dc5
  for (const character of JSON.stringify(request) ?? '') {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
