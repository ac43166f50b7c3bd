import type { AttributeValue } from '@cloud-orrery/models/dynamodbstreams'
import type { ItemImage } from '../shared/table-streams/state.ts'

/** An item as the API has it: binaries as bytes. */
export function imageToModel(image: ItemImage): Readonly<Record<string, AttributeValue>> {
  // The entries become members of its own, be their name `__proto__`.
  return Object.fromEntries(
    Object.entries(image).map(([name, value]) => [name, toModel(value)] as const),
  )
}

/** Members of a value as it is kept, each perhaps. */
interface Kept {
  readonly B?: string
  readonly BS?: readonly string[]
  readonly L?: readonly object[]
  readonly M?: ItemImage
}

function toModel(value: object): AttributeValue {
  const { B, BS, L, M } = value as Kept // Values are kept in the wire's JSON.
  if (B !== undefined) return { B: Buffer.from(B, 'base64') }
  if (BS !== undefined) return { BS: BS.map((it) => Buffer.from(it, 'base64')) }
  if (L !== undefined) return { L: L.map(toModel) }
  if (M !== undefined) return { M: imageToModel(M) }
  return value as AttributeValue // The others are the same in both forms.
}
