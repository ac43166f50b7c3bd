import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { type JournalLine, journalTree } from '../journal-tree.ts'
import { countOf, jsonOption, portOf, portOption } from '../options.ts'

export const command: Command = {
  summary: 'Show what happened, as a tree of causes.',
  usage: `orrery journal [OPTIONS]
  --kind NAME   only entries of a kind: call, task, event, delivery, mail,
                clock, fault, account, choice, outside, refused
  --after N     only entries after number N
  --limit N     at most N entries, the newest (default 200)
  --port N, --json`,
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: {
        ...portOption,
        ...jsonOption,
        kind: { type: 'string' },
        after: { type: 'string' },
        limit: { type: 'string', default: '200' },
      },
    })
    const { kind } = values
    const after = countOf(values.after, '--after')?.toString()
    const limit = countOf(values.limit, '--limit', 1)?.toString()
    // The control answer of this path has this shape.
    const journal = (await new ControlClient(portOf(values.port)).get('journal', {
      kind,
      after,
      limit,
    })) as { sha256: string; entries: JournalLine[] }
    io.out(values.json === true ? `${JSON.stringify(journal)}\n` : journalTree(journal.entries))
    return 0
  },
}
