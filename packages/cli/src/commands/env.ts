import { parseArgs } from 'node:util'
import { administratorCredentials } from '@cloud-orrery/services'
import type { Command } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { accountOf, jsonOption, portOf, portOption } from '../options.ts'
import { readServerFile } from '../server-file.ts'

export const command: Command = {
  summary: 'Print what a client needs: endpoint, region, credentials.',
  usage: `orrery env [--port N] [--account ID] [--json]
  --account ID  of another account, which is made if it is new
  eval "$(orrery env)" sets them for this shell.`,
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: { ...portOption, ...jsonOption, account: { type: 'string' } },
    })
    const server = readServerFile(portOf(values.port))
    const accountId = accountOf(values.account) ?? server.accountId
    if (accountId !== server.accountId)
      await new ControlClient(server.port).post('accounts', { accountId })
    const keys = administratorCredentials(accountId)
    const variables = {
      AWS_ENDPOINT_URL: server.url,
      AWS_REGION: server.region,
      AWS_DEFAULT_REGION: server.region,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    }
    io.out(
      values.json === true
        ? `${JSON.stringify(variables)}\n`
        : Object.entries(variables)
            .map(([name, value]) => `export ${name}=${value}\n`)
            .join(''),
    )
    return 0
  },
}
