import type { Cloud } from '@cloud-orrery/cloud'
import { explainEntry } from '@cloud-orrery/cloud'
import type { JournalEntry } from '@cloud-orrery/kernel'
import type { InputOf, Operation } from '@cloud-orrery/models'

/** One API call as the journal has it. */
export interface JournaledCall<O extends Operation = Operation> {
  readonly sequence: number
  readonly atMs: number
  readonly input: InputOf<O>
  /** ARN or service name of who called. */
  readonly caller: string
  readonly error?: { readonly code: string; readonly message: string; readonly status: number }
}

/** The journal, as tests ask it. */
export class JournalView {
  readonly #cloud: Cloud

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  get entries(): readonly JournalEntry[] {
    return this.#cloud.kernel.journal.entries
  }

  /** SHA-256 of the whole run: equal for equal seeds. */
  digest(): string {
    return this.#cloud.kernel.journal.digest()
  }

  /** Calls of one operation, oldest first. */
  calls<O extends Operation>(operation: O): JournaledCall<O>[] {
    const name = `${operation.service}.${operation.name}`
    return this.entries
      .filter((entry) => entry.kind === 'call' && entry.name === name)
      .map(callOf<O>)
  }

  /** Events that services put on the default bus, by detail type; all without one. */
  events(detailType?: string): Record<string, unknown>[] {
    return this.entries
      .filter(({ kind }) => kind === 'event')
      .map(({ data }) => data)
      .filter((data) => detailType === undefined || data['detailType'] === detailType)
  }

  /** The whole evaluation behind a call, by its request id or number; without one, the last denied call. */
  explain(id?: string | number): string {
    return explainEntry(this.#cloud, id === undefined ? undefined : String(id)).text
  }

  /** Failed transitions of a stack's resources, one a line. */
  failures(stackId: string): string {
    return this.events('CloudFormation Resource Status Change')
      .map(({ detail }) => detail as Record<string, unknown>) // CloudFormation's own events.
      .filter((detail) => detail['stack-id'] === stackId)
      .map((detail) => ({
        id: detail['logical-resource-id'],
        ...(detail['status-details'] as object),
      }))
      .map((line) => line as { id: string; status: string; 'status-reason': string })
      .filter(({ status }) => status.endsWith('_FAILED'))
      .map((line) => `  ${line.id}: ${line.status} ${line['status-reason']}`)
      .join('\n')
  }
}

function callOf<O extends Operation>({ sequence, atMs, data }: JournalEntry): JournaledCall<O> {
  const { caller, input, error } = data as {
    caller?: { principal: { arn?: string; service?: string; kind: string } }
    input: InputOf<O>
    error?: { code: string; message: string; status: number }
  }
  const principal = caller?.principal
  return {
    sequence,
    atMs,
    input,
    caller: principal?.arn ?? principal?.service ?? principal?.kind ?? 'unknown',
    ...(error === undefined ? {} : { error }),
  }
}
