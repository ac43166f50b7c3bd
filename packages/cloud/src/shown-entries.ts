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

/** Of Cognito alone, where these names open something: codes, sessions under way, answers, what proves a password. */
const loginNames: ReadonlySet<string> = new Set([
  'answer',
  'b',
  'code',
  'confirmationcode',
  'email_otp_code',
  'session',
  'sms_mfa_code',
  'sms_otp_code',
  'software_token_mfa_code',
  'usercode',
  'x',
])

/** Members that hold what someone encrypts, as text or as the mark that stands for bytes. */
const plaintextNames: ReadonlySet<string> = new Set(['plaintext', 'secretbinary'])

export const hidden = '*** Sensitive Data Redacted ***'

/** A journal entry as canonical JSON for people and files: without secret keys, session tokens and passwords. */
export function shownEntry(entry: JournalEntry): string {
  const isLogin = String(entry.name).startsWith('cognitoidp.')
  const without = isLogin ? withoutLoginSecret : withoutSecret
  const shown = withoutHeaders(JSON.parse(canonicalJson(entry), without) as JournalEntry)
  if (entry.name === 'ssm.PutParameter') return JSON.stringify(withoutValue(shown))
  return JSON.stringify(entry.name === 'cognitoidp.HostedLogin' ? withoutForm(shown) : shown)
}

/** What browsers and apps send to a login domain in forms and queries: passwords, codes, secrets. */
function withoutForm({ data, ...entry }: JournalEntry): JournalEntry {
  const input = data['input']
  if (typeof input !== 'object' || input === null) return { ...entry, data }
  return { ...entry, data: { ...data, input: { ...input, query: hidden, body: hidden } } }
}

/** What a plain HTTP request shows to be let in, whichever service answers it: sessions, tokens, passwords. */
const openingHeaders = /^(?:cookie|authorization|proxy-authorization|x-amz-security-token)$/i

function withoutHeaders({ data, ...entry }: JournalEntry): JournalEntry {
  const input = data['input'] as { headers?: Record<string, unknown> } | null | undefined
  const given = input?.headers
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return { ...entry, data }
  const headers = Object.entries(given).map(([name, value]) => {
    return [name, openingHeaders.test(name) ? hidden : value]
  })
  const shown = { ...input, headers: Object.fromEntries(headers) }
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

function withoutLoginSecret(name: string, value: unknown): unknown {
  const isHidden = typeof value === 'string' && loginNames.has(name.toLowerCase())
  return isHidden ? hidden : withoutSecret(name, value)
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
