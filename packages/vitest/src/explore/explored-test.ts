import { appendFileSync, readFileSync } from 'node:fs'
import { type ChoiceMode, type ExploredChoices, SimulatorError } from '@cloud-orrery/kernel'
import type { Aws } from '../aws.ts'
import { trialResult } from './trial.ts'

/** What `orrery explore` hands a test file: each test is repeated, once under each of the choices. */
export interface ExploredRun {
  readonly choices: readonly ExploredChoices[]
  /** A file that gets a line of JSON for each run. */
  readonly results: string
}

/** A line of results: the test's name in full, the number of its run, and the `TrialResult`. */
export interface ExploredLine {
  readonly test: string
  readonly run: number
  readonly result: ReturnType<typeof trialResult>
}

/** A test of Vitest, in the part that matters here. */
export interface RunningTest {
  readonly name: string
  readonly fullTestName?: string
  readonly result?:
    | {
        readonly state?: string
        readonly repeatCount?: number
        readonly errors?: readonly { message: string }[]
      }
    | undefined
}

let read: ExploredRun | undefined

function exploredRun(): ExploredRun | undefined {
  const path = process.env['ORRERY_EXPLORE']
  if (path === undefined) return undefined
  read ??= JSON.parse(readFileSync(path, 'utf8')) as ExploredRun // Written by `orrery explore`.
  return read
}

/** Under which choices a test runs: those of the search, those that `ORRERY_CHOICES` names, or none. */
export function choicesOf(test: RunningTest): ChoiceMode | undefined {
  const explored = exploredRun()
  if (explored !== undefined) return explored.choices[test.result?.repeatCount ?? 0]
  const text = process.env['ORRERY_CHOICES']
  if (text === undefined || text === '') return undefined
  if (text === 'calm' || text === 'legal') return text
  try {
    const choices = JSON.parse(text) as ExploredChoices
    if (typeof choices.seed === 'number') return choices
  } catch {} // Told below.
  throw new SimulatorError(
    'Choices',
    `ORRERY_CHOICES is ${text}, which names no choices.`,
    "Give calm, legal, or the JSON that 'orrery explore' printed.",
  )
}

/** Tells the search how a run ended. */
export function tellSearch(test: RunningTest, aws: Aws): void {
  const explored = exploredRun()
  if (explored === undefined) return
  const { state, errors = [], repeatCount = 0 } = test.result ?? {}
  const error = state === 'fail' ? new Error(errors.at(-1)?.message ?? 'It failed.') : undefined
  const result = trialResult(aws, 0, error)
  const line: ExploredLine = { test: test.fullTestName ?? test.name, run: repeatCount, result }
  appendFileSync(explored.results, `${JSON.stringify(line)}\n`)
}
