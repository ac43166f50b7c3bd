/** One mail of a campaign, as producers put it into a queue: JSON. */
export interface MailRequest {
  readonly to_address: string
  readonly from_address: string
  readonly subject: string
  readonly body: string
}

const fields = ['to_address', 'from_address', 'subject', 'body'] as const

/** Longest subject, in characters: a header line of RFC 5322 has at most 998. */
const subjectCharactersMax = 900

const address = /^[^\s@<>,;]+@[^\s@<>,;]+$/

/** The mail that a message asks for, or what is wrong with it. */
export function readMessage(text: string): MailRequest | { readonly wrong: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { wrong: 'The body is no JSON.' }
  }
  if (typeof value !== 'object' || value === null) return { wrong: 'The body is no JSON object.' }
  const request = value as Readonly<Record<string, unknown>> // Its fields are checked one by one.
  for (const field of fields) {
    if (typeof request[field] !== 'string') return { wrong: `${field} is missing, or no text.` }
  }
  const mail = value as MailRequest // All four are texts.
  if (!address.test(mail.to_address)) return { wrong: 'to_address is no address.' }
  if (!address.test(mail.from_address)) return { wrong: 'from_address is no address.' }
  if (mail.subject.length > subjectCharactersMax || /[\r\n]/.test(mail.subject)) {
    return { wrong: 'subject does not fit into a line.' }
  }
  return mail
}
