import { parseArgs } from 'node:util'
import { type Command, UsageError } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { followJournal, type JournalAnswer } from '../followed-journal.ts'
import { journalTree } from '../journal-tree.ts'
import { countOf, jsonOption, portOf, portOption } from '../options.ts'

const kindList =
  'call, task, event, delivery, mail, sms, clock, fault, account, choice, outside, refused'
const kinds = new Set(kindList.split(', '))

export const command: Command = {
  summary: 'Show what happened, as a tree of causes.',
  usage: `orrery journal [OPTIONS]
  --kind NAME     only entries of a kind: call, task, event, delivery, mail,
                  sms, clock, fault, account, choice, outside, refused
  --service NAME  only what a service was asked or did (sqs), below what led to it
  --errors        only what failed, below what led to it
  --since N       only entries after number N (also: --after)
  --limit N       at most N entries, the newest (default 200)
  --follow        go on: write entries as they come, until the server ends
  --port N, --json`,
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: {
        ...portOption,
        ...jsonOption,
        kind: { type: 'string' },
        service: { type: 'string' },
        errors: { type: 'boolean' },
        since: { type: 'string' },
        after: { type: 'string' },
        limit: { type: 'string' },
        follow: { type: 'boolean' },
      },
    })
    if (values.follow === true && values.limit !== undefined) {
      throw new UsageError('What is followed has no end.', 'Leave --limit or --follow out.')
    }
    if (values.kind !== undefined && !kinds.has(values.kind)) {
      throw new UsageError(`No entry is of the kind '${values.kind}'.`, `There are: ${kindList}.`)
    }
    const after = countOf(values.since, '--since') ?? countOf(values.after, '--after')
    const limit = countOf(values.limit, '--limit', 1) ?? 200
    const query = {
      kind: values.kind,
      service: values.service,
      errors: values.errors === true ? 'true' : undefined,
      after: after?.toString(),
    }
    const client = new ControlClient(portOf(values.port))
    if (values.follow === true) {
      await followJournal(client, query, io, values.json === true)
      return 0
    }
    // The control answer of this path has this shape.
    const journal = (await client.get('journal', { ...query, limit: `${limit}` })) as JournalAnswer
    io.out(
      values.json === true
        ? `${JSON.stringify(journal)}\n`
        : journalTree(journal.entries, journal.context, io),
    )
    return 0
  },
}
