import {
  type OperationModel,
  type ServiceModel,
  validateInput,
  validationMessage,
} from '@cloud-orrery/models'
import type { CallData, OperationHandler } from '@cloud-orrery/services'
import type { Case } from './cases.ts'
import { inputProblems } from './entered-input.ts'
import type { HouseWords } from './house-words.ts'
import { differenceOf, missingMembers, plainOf } from './round-trip.ts'
import type { Outcome, SdkError } from './sender.ts'

export interface Subject {
  readonly service: ServiceModel
  readonly model: OperationModel
  readonly handler: OperationHandler
  readonly words: HouseWords
  /** Members that the model requires of answers and AWS leaves out. */
  readonly leftOut: readonly string[]
}

/** Why the SDK itself does not send: a part of the path or host that cannot be one, an algorithm that it has not got. */
const notSendable =
  /^(No|Empty) value provided for input HTTP label: |^Bucket name shouldn't contain|must be a valid host label|implementation is available|is not supported by the client/

/** All that is wrong with how one request was read, judged and answered. */
export function judge(subject: Subject, it: Case, outcome: Outcome): string[] {
  const { error, bugs } = outcome
  if (!outcome.sent) {
    return notSendable.test(error?.message ?? '')
      ? []
      : [`the SDK does not send it: ${error?.name}: ${error?.message}`]
  }
  if (bugs.length > 0) return bugs.map((stack) => `a bug of ours: ${stack}`)
  if (meansAnother(subject, it, outcome)) return []
  if (outcome.entry === undefined && subject.words.unread?.test(error?.name ?? '')) return []
  const status = error?.$metadata?.httpStatusCode
  if (error !== undefined && status === undefined) return [`the SDK fails: ${error.stack}`]
  if (status !== undefined && status >= 500 && status !== 501) {
    return [`${status} ${error?.name}: ${error?.message}`]
  }
  return [
    ...inputProblems(subject.service, subject.model, it.input, outcome),
    ...judgeAnswer(subject, it, outcome),
  ]
}

/** Where the path and the query name the operation, a request without a part of them means another one, or none. */
function meansAnother({ service, model }: Subject, it: Case, { entry, error }: Outcome): boolean {
  const isBroken = ({ name }: { name: string }) =>
    it.breaks?.path === name.charAt(0).toLowerCase() + name.slice(1)
  const inPath = Object.values(model.input.members ?? {}).some(
    (member) =>
      (member.location === 'label' && it.input[member.name] === '') ||
      (isBroken(member) && member.location !== undefined && member.location !== 'payload'),
  )
  if (!inPath) return false
  if (entry === undefined) return (error?.$metadata?.httpStatusCode ?? 0) < 500
  return entry.name !== `${service.name}.${model.name}`
}

/** Traces of a value that our own code left out. */
const traces = /\bundefined\b|\[object |\bNaN\b|\bInfinity\b/

function judgeAnswer(subject: Subject, it: Case, outcome: Outcome): string[] {
  const { error, entry } = outcome
  const entered = (entry?.data['input'] ?? {}) as Record<string, unknown> // Inputs are structures.
  const refused = (subject.handler.refuses ?? []).find(
    // An empty text names nothing.
    (name) => entered[name] !== undefined && entered[name] !== '',
  )
  const said = entry?.data['error'] as CallData['error']
  if (refused !== undefined) return judgeNotModelled(refused, said)
  if (said !== undefined && traces.test(said.message)) return [`says ${said.message}`]
  if (error !== undefined) {
    const mismatch = judgeErrorRead(outcome, error, subject.model.http?.method)
    return mismatch ?? judgeError(subject, it, error)
  }
  if (it.breaks !== undefined && !hasFailedEntry(outcome))
    return [`accepted, though ${it.breaks.constraint}`]
  return judgeOutput(subject, outcome)
}

/** Batches answer for each entry: one that is refused stands among those that failed. */
function hasFailedEntry({ output }: Outcome): boolean {
  const failed = output?.['Failed']
  return Array.isArray(failed) && failed.length > 0
}

function judgeNotModelled(name: string, error: CallData['error']): string[] {
  if (error === undefined) return [`accepted, though ${name} is refused`]
  const named = error.code === 'NotImplemented' && error.message.includes(`parameter ${name} of`)
  return named ? [] : [`${name} is refused with ${error.code}: ${error.message}`]
}

/** What the client reads is what the service said. */
function judgeErrorRead(
  { entry }: Outcome,
  error: SdkError,
  method?: string,
): string[] | undefined {
  const said = entry?.data['error'] as CallData['error']
  if (said === undefined) return [`the client reads an error that was not made: ${error.name}`]
  // Some of AWS's errors have no words, and some answers no body; the SDK then has its own.
  if (said.message === error.message || said.message === '') return undefined
  if (error.message === 'UnknownError' && (method === 'HEAD' || said.status === 304))
    return undefined
  return [`the service said ${said.message}, the client reads ${error.message}`]
}

function judgeError({ model, words }: Subject, it: Case, error: SdkError): string[] {
  const { breaks } = it
  const violations = validateInput(model, it.input)
  if (breaks === undefined) {
    if (violations.length > 0) return [`the model forbids it: ${validationMessage(violations)}`]
    return words.complains(error, it) ? [`refused: ${error.name}: ${error.message}`] : []
  }
  const message = validationMessage(violations)
  const refusal = { operation: model.name, error, breach: breaks, case: it, message, violations }
  const wrong = words.judge(refusal)
  return wrong === undefined ? [] : [wrong]
}

/** The answer has members of the model only, none that it requires is missing, and the client reads what was said. */
function judgeOutput({ model, leftOut }: Subject, { entry, output = {} }: Outcome): string[] {
  const problems: string[] = []
  const { $metadata: _, ...read } = output
  const said = plainOf(model.output, unhidden(entry?.data['output'] ?? {}, read), '', problems)
  const difference = differenceOf(said, plainOf(model.output, read, '', problems))
  if (difference !== undefined) problems.push(difference)
  const missing = missingMembers(model.output, said, '')
  problems.push(...missing.filter((what) => !leftOut.some((it) => what.includes(`.${it} `))))
  return problems.map((what) => `answered ${what}`)
}

/** The journal keeps no secrets: in their places, however deep, stands what the client read. */
function unhidden(said: unknown, read: unknown): unknown {
  if (said === '*** Sensitive Data Redacted ***') return read
  const inner = (read ?? {}) as Record<string, unknown> // Where it is something else, they differ.
  if (Array.isArray(said)) return said.map((it, at) => unhidden(it, inner[at]))
  if (!isPlain(said)) return said
  return Object.fromEntries(
    Object.entries(said).map(([name, value]) => [name, unhidden(value, inner[name])]),
  )
}

/** No moment, bytes or stream. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
