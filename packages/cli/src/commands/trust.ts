import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { authorityFile, InstallationAuthority, trustFolder } from '@cloud-orrery/cloud'
import { SimulatorError } from '@cloud-orrery/kernel'
import { type Command, type Io, UsageError } from '../command.ts'
import { atMost, jsonOption } from '../options.ts'
import { type Store, storesOfMachine } from '../trust-stores.ts'

export const command: Command = {
  summary: 'Show, install or remove the certificate authority of the model’s names.',
  usage: `orrery trust [show|install|remove] [--json]
  show     make the authority if there is none, and say where it is and who trusts it (default)
  install  have the stores of this machine that you may write trust it
  remove   take it out of them, and delete it with its key
  It is kept below ORRERY_HOME (default: .orrery in your home). Whoever had its key could speak for any name to
  those who trust it: the key never leaves that folder.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { ...jsonOption },
      allowPositionals: true,
    })
    atMost(1, positionals)
    const [word = 'show'] = positionals
    if (word !== 'show' && word !== 'install' && word !== 'remove') {
      throw new UsageError(`'${word}' is not what trust does.`, 'Give show, install or remove.')
    }
    const stores = storesOfMachine()
    if (word === 'remove') return remove(stores, io)
    await InstallationAuthority.open()
    return word === 'install' ? install(stores, io) : show(stores, values.json === true, io)
  },
}

function show(stores: readonly Store[], json: boolean, io: Io): number {
  const file = authorityFile()
  const { fingerprint256, validTo } = new X509Certificate(readFileSync(file))
  const trusted = stores.filter((store) => store.has(file)).map(({ name }) => name)
  if (json) {
    io.out(`${JSON.stringify({ file, fingerprint256, validTo, trustedBy: trusted })}\n`)
    return 0
  }
  io.out(
    `${file}\n  SHA-256 ${fingerprint256}\n  valid until ${validTo}\n  trusted by: ${
      trusted.length === 0 ? 'no store of this machine' : trusted.join(', ')
    }\n
  for one client alone:
    curl --cacert ${file} --proxy http://127.0.0.1:4566 https://NAME/
    NODE_EXTRA_CA_CERTS=${file}   REQUESTS_CA_BUNDLE=${file}   GIT_SSL_CAINFO=${file}
  for browsers and everything else: orrery trust install\n`,
  )
  return 0
}

function install(stores: readonly Store[], io: Io): number {
  const file = authorityFile()
  const usable = stores.filter(({ missing }) => missing === undefined)
  for (const store of usable) {
    store.add(file)
    io.out(`${store.name} trusts it now.\n`)
  }
  for (const { name, missing } of stores) {
    if (missing !== undefined) io.err(`${name} was left out: ${missing}\n`)
  }
  if (usable.length > 0) return 0
  throw new SimulatorError(
    'NoStore',
    'There is no store of trusted authorities that could be written.',
    `Add ${file} by hand where your browser keeps them, or name it for one client: see orrery trust.`,
  )
}

function remove(stores: readonly Store[], io: Io): number {
  const file = authorityFile()
  if (!existsSync(file)) {
    io.out('There is no authority.\n')
    return 0
  }
  for (const store of stores) {
    if (!store.has(file)) continue
    store.remove(file)
    io.out(`${store.name} does not trust it any more.\n`)
  }
  rmSync(trustFolder(), { recursive: true })
  io.out('The authority and its key are deleted.\n')
  return 0
}
