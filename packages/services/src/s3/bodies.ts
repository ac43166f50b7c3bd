import type { BlobRef, Blobs } from '@cloud-orrery/kernel'
import type { ByteRange } from './ranges.ts'

/** Keeps a body as its writer sent it: the sender may use its buffer again. */
export function keepBody(blobs: Blobs, body: Uint8Array): readonly BlobRef[] {
  return body.byteLength === 0 ? [] : [blobs.put(Uint8Array.from(body))]
}

/** The bytes of a body that is kept in pieces, or those of one range of it. */
export function readBody(blobs: Blobs, pieces: readonly BlobRef[], range?: ByteRange): Uint8Array {
  const chunks: Uint8Array[] = []
  let start = 0
  for (const piece of pieces) {
    const end = start + piece.sizeBytes
    if (range === undefined) chunks.push(blobs.get(piece))
    else if (range.first < end && range.last >= start) {
      const bytes = blobs.get(piece)
      chunks.push(bytes.subarray(Math.max(range.first - start, 0), range.last - start + 1))
    }
    start = end
  }
  const [only] = chunks
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
}
