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
  // Of Secrets Manager.
  'secretstring',
  // Of Cognito.
  'accesstoken',
  'clientsecret',
  'idtoken',
  'new_password',
  'nextsoftwaretoken',
  'previouspassword',
  'proposedpassword',
  'refresh_token',
  'refreshtoken',
  'secret_hash',
  'secretcode',
  'secrethash',
  'temporarypassword',
])

/** Members that hold what someone encrypts, as text or as the mark that stands for bytes. */
const plaintextNames: ReadonlySet<string> = new Set(['plaintext', 'secretbinary'])

export const hidden = '*** Sensitive Data Redacted ***'

/** A journal entry as canonical JSON for people and files: without secret keys, session tokens and passwords. */
export function shownEntry(entry: JournalEntry): string {
  const shown = JSON.parse(canonicalJson(entry), withoutSecret) as JournalEntry
  if (entry.name === 'ssm.PutParameter') return JSON.stringify(withoutValue(shown))
  return JSON.stringify(entry.name === 'cognitoidp.HostedLogin' ? withoutForm(shown) : shown)
}

/** What browsers and apps send to a login domain: passwords and codes in forms and queries, sessions and secrets in headers. */
function withoutForm({ data, ...entry }: JournalEntry): JournalEntry {
  const input = data['input'] as { headers?: Record<string, string> } | undefined
  if (input === undefined) return { ...entry, data }
  const headers = Object.entries(input.headers ?? {}).map(([name, value]) => {
    return [name, name === 'cookie' || name === 'authorization' ? hidden : value]
  })
  const shown = { ...input, query: hidden, body: hidden, headers: Object.fromEntries(headers) }
  return { ...entry, data: { ...data, input: shown } }
}

/** A new version of a parameter has the type of the last, which the request may leave out. */
function withoutValue({ data, ...entry }: JournalEntry): JournalEntry {
  const input = data['input'] as { Type?: string; Value?: string } | undefined
  if (input?.Value === undefined || input.Type !== undefined) return { ...entry, data }
  return { ...entry, data: { ...data, input: { ...input, Value: hidden } } }
}

function withoutSecret(name: string, value: unknown): unknown {
  const lower = name.toLowerCase()
  if (plaintextNames.has(lower)) return hidden
  if (typeof value === 'string') return secretNames.has(lower) ? hidden : value
  return isSecureParameter(value) ? { ...value, Value: hidden } : value
}

/** A parameter of Systems Manager as it is put or read, its `Type` beside its value. */
function isSecureParameter(value: unknown): value is { Type: string; Value: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'Type' in value &&
    value.Type === 'SecureString' &&
    'Value' in value
  )
}
