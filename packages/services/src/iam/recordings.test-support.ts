import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asRecorded, type Recorded, recordingsPresent } from '../shared/recorded.test-support.ts'

const documents = new Set(['AssumeRolePolicyDocument', 'PolicyDocument', 'Document'])

/** An answer as recordings keep it: the client that made them decodes policy documents itself. */
export async function answer(call: Promise<object>): Promise<Recorded> {
  // The JavaScript client hands on the namespace of an error's XML as if it were a field.
  const { xmlns, ...content } = await asRecorded(call)
  void xmlns
  return decoded(content) as Recorded // An object stays an object.
}

function decoded(value: unknown): unknown {
  if (value instanceof Date) return value
  if (Array.isArray(value)) return value.map(decoded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      documents.has(key) && typeof member === 'string'
        ? decodeURIComponent(member)
        : decoded(member),
    ]),
  )
}

/** What stands in brackets behind a test's name, for every recording of that test. */
export function variantsOf(file: string, test: string): string[] {
  if (!recordingsPresent) return []
  const folder =
    process.env['ORRERY_DATA'] ??
    fileURLToPath(new URL('../../../../../shared/data', import.meta.url))
  const path = join(folder, 'recorded/services', `${file}.snapshot.json`)
  const keys = Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object)
  return keys.flatMap((key) => {
    const start = key.indexOf(`::${test}[`)
    return start === -1 ? [] : [key.slice(start + test.length + 3, -1)]
  })
}
