import { canonicalJson, type JournalEntry } from '@cloud-orrery/kernel'

/** Members of IAM's and STS's answers, and fields of their records, that open something. */
const secretNames: ReadonlySet<string> = new Set([
  'secretaccesskey',
  'sessiontoken',
  'password',
  'newpassword',
  'oldpassword',
  'servicepassword',
  'servicecredentialsecret',
  'privatekey',
])

const hidden = '*** Sensitive Data Redacted ***'

/** A journal entry as canonical JSON for people and files: without secret keys, session tokens and passwords. */
export function shownEntry(entry: JournalEntry): string {
  return JSON.stringify(JSON.parse(canonicalJson(entry), withoutSecret))
}

function withoutSecret(name: string, value: unknown): unknown {
  return typeof value === 'string' && secretNames.has(name.toLowerCase()) ? hidden : value
}
