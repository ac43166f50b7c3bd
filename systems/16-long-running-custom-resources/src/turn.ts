import type { AnswerBy, CloudFormationRequest } from './request.ts'

/** What a worker tells the workflow: that it is done, or when to look again. */
export type Turn =
  | { readonly done: true; readonly data: Readonly<Record<string, string>> }
  | { readonly done: false; readonly waitSeconds: number; readonly startedAtMs: number }

/** How long the workflow waits before it looks again, at most. A workflow has 25,000 events: 12 hours need some 300. */
const waitSecondsMax = 1800

/** One look at work that takes `seconds` from the first look on. */
export function turnOf(
  last: Turn | undefined,
  seconds: number,
  nowMs: number,
  data: Readonly<Record<string, string>>,
): Turn {
  const startedAtMs = last?.done === false ? last.startedAtMs : nowMs
  const leftSeconds = Math.ceil(seconds - (nowMs - startedAtMs) / 1000)
  if (leftSeconds <= 0) return { done: true, data }
  return { done: false, waitSeconds: Math.min(leftSeconds, waitSecondsMax), startedAtMs }
}

/** Undoing is quicker than doing: CloudFormation waits an hour for it, no more. */
export function workSecondsOf(
  {
    ResourceProperties: { WorkSeconds, UndoSeconds, CallbackUrl },
    RequestType,
  }: CloudFormationRequest,
  answerBy: AnswerBy,
): number {
  const undoes = RequestType === 'Delete' || (CallbackUrl !== undefined && answerBy === 'response')
  return Number((undoes ? UndoSeconds : WorkSeconds) ?? '0')
}
