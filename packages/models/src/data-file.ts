import { readFileSync } from 'node:fs'

/** Bytes of a file in `data/`, beside `src/` and `dist/` alike. Undefined where there is none. */
export function readDataFile(name: string): Buffer | undefined {
  try {
    return readFileSync(new URL(`../data/${name}`, import.meta.url))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** A JSON file of `data/`, whose content the generator wrote as `T`. */
export function readDataJson<T>(name: string): T | undefined {
  const bytes = readDataFile(name)
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as T)
}
