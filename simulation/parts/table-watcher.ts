import { DescribeTable } from '@cloud-orrery/models/dynamodb'
import { CreateRole, PutRolePolicy } from '@cloud-orrery/models/iam'
import { CreateEventSourceMapping, CreateFunction } from '@cloud-orrery/models/lambda'
import { FilterLogEvents } from '@cloud-orrery/models/logs'
import { holds } from '../violation.ts'
import { home, type World } from '../world.ts'
import { functionZip, watcherSource } from './function-code.ts'
import { policy } from './people.ts'
import { readMaybe, rowText, type TableBook } from './table-book.ts'
import { TableName } from './table-shelf.ts'

const FunctionName = 'watch'

/** A function behind a table's stream: it is told of each change, though it fails now and then. */
export class TableWatcher {
  readonly #world: World
  readonly #book: TableBook

  constructor(world: World, book: TableBook) {
    this.#world = world
    this.#book = book
  }

  async prepare(): Promise<void> {
    const RoleName = 'watcher'
    const trust = {
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }
    const grant = { Effect: 'Allow', Action: ['logs:*', 'dynamodb:*'], Resource: '*' }
    await this.#world.done(CreateRole, { RoleName, AssumeRolePolicyDocument: policy(trust) })
    const PolicyDocument = policy(grant)
    await this.#world.done(PutRolePolicy, { RoleName, PolicyName: 'own', PolicyDocument })
    await this.#world.done(CreateFunction, {
      FunctionName,
      Role: `arn:aws:iam::${home.accountId}:role/${RoleName}`,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 10,
      Code: { ZipFile: await functionZip(watcherSource) },
    })
    await this.#world.cloud.advance({ seconds: 5 })
    const { Table } = await this.#world.done(DescribeTable, { TableName })
    await this.#world.done(CreateEventSourceMapping, {
      FunctionName,
      EventSourceArn: Table?.LatestStreamArn,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 7,
      BisectBatchOnFunctionError: true,
    })
    await this.#world.cloud.advance({ seconds: 60 })
  }

  /** Lines are lost while Logs fails, as on AWS; then nobody can say what the function saw. */
  async check(): Promise<void> {
    if (this.#world.faultsArmed > 0) return
    const told = await this.#told()
    const isOnce = this.#world.isCalm && !this.#world.isInterrupted
    for (const key of new Set([...this.#book.changes.keys(), ...told.keys()])) {
      const done = (this.#book.changes.get(key) ?? []).map(
        ({ before, after }) => `${before} -> ${after}`,
      )
      const seen = told.get(key) ?? []
      const what = (): string => `${key}: told ${seen.map(({ text }) => text)}; done ${done}`
      holds(
        seen.every(({ text }) => done.includes(text)),
        'changes told to a function',
        what,
      )
      const moments = done.map((text) => seen.find((it) => it.text === text)?.atMs)
      holds(!moments.includes(undefined), 'changes told to a function', what)
      const isInOrder = moments.every((atMs = 0, i) => i === 0 || atMs >= (moments[i - 1] ?? 0))
      holds(isInOrder, 'order of changes told to a function', what)
      holds(!isOnce || seen.length === done.length, 'changes told to a function', what)
    }
  }

  /** By key of the item, in the order of their lines. */
  async #told(): Promise<Map<string, { readonly text: string; readonly atMs: number }[]>> {
    const told = new Map<string, { readonly text: string; readonly atMs: number }[]>()
    let nextToken: string | undefined
    do {
      const { output } = await this.#world.attempt(
        FilterLogEvents,
        {
          logGroupName: `/aws/lambda/${FunctionName}`,
          filterPattern: 'told',
          ...(nextToken === undefined ? {} : { nextToken }),
        },
        { refusals: ['ResourceNotFoundException'] },
      )
      for (const { message = '', timestamp = 0 } of output?.events ?? []) {
        const { Keys, OldImage, NewImage } = JSON.parse(message.slice(message.indexOf('{')))
        const key = `${Keys.pk.S}/${Keys.sk.S}`
        const text = `${rowText(readMaybe(OldImage))} -> ${rowText(readMaybe(NewImage))}`
        told.set(key, [...(told.get(key) ?? []), { text, atMs: Number(timestamp) }])
      }
      nextToken = output?.nextToken
    } while (nextToken !== undefined)
    return told
  }
}
