import type { Draw } from '../draw.ts'
import type { Place } from '../world.ts'

/** What a run is given: it decides which way a workflow goes, and for how long. */
export interface RunInput {
  readonly token: string
  readonly n: number
  readonly items: readonly number[]
}

/** What a piece of a workflow comes to, if no call fails that should not. */
export interface Course {
  readonly ms: number
  readonly fails: boolean
}

/** One state of a chain, with its meaning. */
interface Piece {
  /** Without `Next` and `End`. */
  readonly state: Readonly<Record<string, unknown>>
  /** May jump over the state after it. */
  readonly isChoice?: boolean
  /** A choice is made for `n` above this. */
  readonly above?: number
  /** Nothing comes after it. */
  readonly isLast?: boolean
  course(input: RunInput): Course
}

export interface Workflow {
  readonly definition: string
  course(input: RunInput): Course & { readonly isTimedOut: boolean }
}

export interface WorkflowTargets {
  readonly place: Place
  readonly queueUrl: string
  readonly tableName: string
  /** A function that fails where it is told to; absent where there is none. */
  readonly functionName?: string | undefined
  /** The longest wait, seconds. */
  readonly waitSecondsMax: number
}

const waits = [1, 5, 60, 1800, 3600, 100_000, 30 * 86_400, 60 * 86_400]

/** A random workflow, and what it has to come to. */
export function drawnWorkflow(draw: Draw, targets: WorkflowTargets): Workflow {
  let number = 0
  const named = (): string => {
    number += 1
    return `s${number}`
  }
  const chain = chainOf(draw, targets, 2, named)
  const TimeoutSeconds = draw.chance(0.2) ? draw.pick([30, 7200, 86_400]) : undefined
  return {
    definition: JSON.stringify({
      ...chain.machine,
      ...(TimeoutSeconds === undefined ? {} : { TimeoutSeconds }),
    }),
    course(input) {
      const course = chain.course(input)
      const limitMs = (TimeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000
      const isTimedOut = course.ms >= limitMs
      return isTimedOut ? { ms: limitMs, fails: true, isTimedOut } : { ...course, isTimedOut }
    },
  }
}

interface Chain {
  readonly machine: { readonly StartAt: string; readonly States: Record<string, unknown> }
  course(input: RunInput): Course
}

/** Some states one after the other. */
function chainOf(draw: Draw, targets: WorkflowTargets, depth: number, named: () => string): Chain {
  const pieces: Piece[] = []
  const length = draw.int(1, depth === 2 ? 6 : 3)
  for (let i = 0; i < length && canGoOn(pieces); i += 1) {
    pieces.push(pieceOf(draw, targets, depth, named))
  }
  if (canGoOn(pieces)) pieces.push({ state: { Type: 'Pass' }, course: () => at(0) })
  const names = pieces.map(named)
  const States: Record<string, unknown> = {}
  for (const [index, { state, isChoice, isLast, above }] of pieces.entries()) {
    const next = names[index + 1]
    const name = names[index] ?? ''
    if (isChoice === true && next !== undefined) {
      const Choices = [
        { Variable: '$.n', NumericGreaterThan: above, Next: names[index + 2] ?? next },
      ]
      States[name] = { ...state, Choices, Default: next }
      continue
    }
    const { Catch, ...others } = state
    const way = isLast ? {} : next === undefined ? { End: true } : { Next: next }
    const caught =
      Catch === undefined
        ? {}
        : { Catch: [{ ErrorEquals: ['States.ALL'], Next: next, ResultPath: null }] }
    States[name] = { ...others, ...way, ...caught }
  }
  return {
    machine: { StartAt: names[0] ?? '', States },
    course(input) {
      let ms = 0
      for (let index = 0; index < pieces.length; index += 1) {
        const piece = pieces[index]
        if (piece === undefined) break
        const isJump = piece.isChoice === true && input.n > (piece.above ?? 0)
        if (isJump && index + 2 < pieces.length) index += 1
        const course = piece.course(input)
        ms += course.ms
        if (course.fails) return { ms, fails: true }
        if (piece.isLast) break
      }
      return at(ms)
    },
  }
}

/** Behind a state that ends the workflow something can come only where a choice leads past it. */
function canGoOn(pieces: readonly Piece[]): boolean {
  return pieces.at(-1)?.isLast !== true || pieces.at(-2)?.isChoice === true
}

function at(ms: number): Course {
  return { ms, fails: false }
}

function pieceOf(draw: Draw, targets: WorkflowTargets, depth: number, named: () => string): Piece {
  const flat = ['pass', 'wait', 'wait', 'choice', 'send', 'send', 'count', 'count', 'refused']
  const kinds = [
    ...flat,
    ...(depth === 2 ? ['fail', 'succeed'] : []),
    ...(depth > 0 ? ['map', 'parallel'] : []),
    ...(targets.functionName === undefined ? [] : ['function']),
  ]
  const kind = draw.pick(kinds)
  if (kind === 'map') return mapOf(draw, chainOf(draw, targets, depth - 1, named))
  if (kind === 'parallel') {
    const branches = Array.from({ length: draw.int(1, 3) }, () =>
      chainOf(draw, targets, depth - 1, named),
    )
    return parallelOf(draw, branches)
  }
  return simplePiece(kind, draw, targets)
}

function simplePiece(kind: string, draw: Draw, targets: WorkflowTargets): Piece {
  if (kind === 'wait') {
    const Seconds = draw.pick(waits.filter((seconds) => seconds <= targets.waitSecondsMax))
    return { state: { Type: 'Wait', Seconds }, course: () => at(Seconds * 1000) }
  }
  if (kind === 'choice') {
    return { state: { Type: 'Choice' }, isChoice: true, above: draw.int(0, 3), course: () => at(0) }
  }
  if (kind === 'fail') {
    const state = { Type: 'Fail', Error: 'Simulated', Cause: 'as drawn' }
    return { state, isLast: true, course: () => ({ ms: 0, fails: true }) }
  }
  if (kind === 'succeed') return { state: { Type: 'Succeed' }, isLast: true, course: () => at(0) }
  if (kind === 'pass') {
    return { state: { Type: 'Pass', Result: 1, ResultPath: '$.passed' }, course: () => at(0) }
  }
  return taskOf(kind, draw, targets)
}

function taskOf(kind: string, draw: Draw, targets: WorkflowTargets): Piece {
  const { queueUrl: QueueUrl, tableName: TableName, functionName } = targets
  const MaxAttempts = draw.int(0, 3)
  const IntervalSeconds = draw.pick([1, 3, 20])
  const retry = { ErrorEquals: ['States.ALL'], IntervalSeconds, MaxAttempts, BackoffRate: 2 }
  const isCaught = draw.chance(0.6)
  const Key = { id: { 'S.$': '$.token' } }
  const isPoison = kind === 'function' && draw.chance(0.4)
  const tasks: Record<string, readonly [resource: string, Parameters: object]> = {
    send: ['sqs:sendMessage', { QueueUrl, 'MessageBody.$': '$.token' }],
    count: [
      'dynamodb:updateItem',
      {
        TableName,
        Key,
        UpdateExpression: 'ADD steps :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    ],
    refused: [
      'aws-sdk:dynamodb:putItem',
      { TableName, Item: Key, ConditionExpression: 'attribute_exists(never)' },
    ],
    function: [
      'lambda:invoke',
      {
        FunctionName: functionName,
        Payload: { 'token.$': '$.token', ...(isPoison ? { poison: true } : {}) },
      },
    ],
  }
  const [resource = '', Parameters] = tasks[kind] ?? []
  const state = {
    Type: 'Task',
    Resource: `arn:aws:states:::${resource}`,
    Parameters,
    ResultPath: null,
    Retry: [retry],
    ...(isCaught ? { Catch: true } : {}),
  }
  const retriesMs = IntervalSeconds * 1000 * (2 ** MaxAttempts - 1)
  const isRefused = kind === 'refused' || isPoison
  const course = isRefused ? { ms: retriesMs, fails: !isCaught } : at(0)
  return { state, course: () => course }
}

function mapOf(draw: Draw, chain: Chain): Piece {
  const MaxConcurrency = draw.int(0, 3)
  const state = {
    Type: 'Map',
    ItemsPath: '$.items',
    ItemSelector: { 'token.$': '$.token', 'n.$': '$.n', 'items.$': '$.items' },
    MaxConcurrency,
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...chain.machine },
    ResultPath: null,
  }
  return {
    state,
    course(input) {
      const { length } = input.items
      if (length === 0) return at(0)
      const one = chain.course(input)
      const rounds = MaxConcurrency === 0 ? 1 : Math.ceil(length / MaxConcurrency)
      return one.fails ? one : at(one.ms * rounds)
    },
  }
}

function parallelOf(draw: Draw, branches: readonly Chain[]): Piece {
  const isCaught = draw.chance(0.5)
  return {
    state: {
      Type: 'Parallel',
      Branches: branches.map(({ machine }) => machine),
      ResultPath: null,
      ...(isCaught ? { Catch: true } : {}),
    },
    course(input) {
      const courses = branches.map((branch) => branch.course(input))
      const failed = courses.filter(({ fails }) => fails).map(({ ms }) => ms)
      if (failed.length === 0) return at(Math.max(...courses.map(({ ms }) => ms)))
      return { ms: Math.min(...failed), fails: !isCaught }
    },
  }
}
