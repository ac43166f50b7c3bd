import type { Filter } from '@cloud-orrery/models/secretsmanager'
import type { SecretRecord } from './state.ts'

/** Whether a secret passes all filters. Source: Filter; AWS's own answers to filters of descriptions. */
export function wantedBy(
  filters: readonly Filter[] | undefined,
): (secret: SecretRecord) => boolean {
  if (filters === undefined) return () => true
  return (secret) =>
    filters.every(({ Key = 'all', Values = [] }) =>
      Values.some((value) =>
        value.startsWith('!') ? !isFound(secret, Key, value.slice(1)) : isFound(secret, Key, value),
      ),
    )
}

function isFound(secret: SecretRecord, key: string, value: string): boolean {
  const { name, description = '', tags, primaryRegion } = secret
  switch (key) {
    case 'name':
      return name.startsWith(value)
    case 'description':
      return hasWords([description], value)
    case 'tag-key':
      return Object.keys(tags).some((tag) => tag.startsWith(value))
    case 'tag-value':
      return Object.values(tags).some((tag) => tag.startsWith(value))
    case 'primary-region':
      return primaryRegion?.startsWith(value) ?? false
    case 'owning-service':
      return false // No service of the model owns secrets.
    default:
      return hasWords([name, description, ...Object.entries(tags).flat()], value)
  }
}

/** Each word of the value starts some word of the texts. */
function hasWords(texts: readonly string[], value: string): boolean {
  const words = texts.flatMap(wordsOf)
  return wordsOf(value).every((wanted) => words.some((word) => word.startsWith(wanted)))
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s/_-]+/)
    .filter((word) => word !== '')
}
