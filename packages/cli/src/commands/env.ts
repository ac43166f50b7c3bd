import { parseArgs } from 'node:util'
import { authorityFile, InstallationAuthority } from '@cloud-orrery/cloud'
import { administratorCredentials } from '@cloud-orrery/services'
import type { Command } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { accountOf, jsonOption, portOf, portOption } from '../options.ts'
import { readServerFile } from '../server-file.ts'

export const command: Command = {
  summary: 'Print what a client needs: endpoint, region, credentials.',
  usage: `orrery env [--port N] [--account ID] [--proxy] [--json]
  --account ID  of another account, which is made if it is new
  --proxy       no endpoint, but the proxy and the certificate authority: clients use the true names of the model
  eval "$(orrery env)" sets them for this shell.`,
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: {
        ...portOption,
        ...jsonOption,
        account: { type: 'string' },
        proxy: { type: 'boolean' },
      },
    })
    const server = readServerFile(portOf(values.port))
    const accountId = accountOf(values.account) ?? server.accountId
    if (accountId !== server.accountId)
      await new ControlClient(server.port).post('accounts', { accountId })
    const keys = administratorCredentials(accountId)
    const variables = {
      ...(values.proxy === true
        ? await proxyVariables(server.url)
        : { AWS_ENDPOINT_URL: server.url }),
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

/** What clients read of a proxy, and of whom to trust: each knows other names. They reach nothing but the model. */
async function proxyVariables(url: string): Promise<Readonly<Record<string, string>>> {
  await InstallationAuthority.open()
  const file = authorityFile()
  return {
    HTTPS_PROXY: url,
    HTTP_PROXY: url,
    https_proxy: url,
    http_proxy: url,
    NO_PROXY: 'localhost,127.0.0.1',
    AWS_CA_BUNDLE: file,
    CURL_CA_BUNDLE: file,
    GIT_SSL_CAINFO: file,
    NODE_EXTRA_CA_CERTS: file,
    NODE_USE_ENV_PROXY: '1',
    PIP_CERT: file,
    REQUESTS_CA_BUNDLE: file,
    SSL_CERT_FILE: file,
  }
}
