/** What a path in path style means: `/bucket/key`. The key is decoded; empty for the bucket itself. */
export function placeOf(path: string): { readonly bucket: string; readonly key: string } {
  const slash = path.indexOf('/', 1)
  if (slash < 0) return { bucket: path.slice(1), key: '' }
  return { bucket: path.slice(1, slash), key: decoded(path.slice(slash + 1)) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** As S3's errors name it. */
export function resourceType(path: string): 'SERVICE' | 'BUCKET' | 'OBJECT' {
  const { bucket, key } = placeOf(path)
  if (bucket === '') return 'SERVICE'
  return key === '' ? 'BUCKET' : 'OBJECT'
}
