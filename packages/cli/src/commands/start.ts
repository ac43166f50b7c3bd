import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type CloudOptions, createCloud, listen, version } from '@cloud-orrery/cloud'
import { type Command, type Io, UsageError } from '../command.ts'
import { clockModeOf, countOf, placeOf, placeOptions, portOf } from '../options.ts'
import { removeServerFile, writeServerFile } from '../server-file.ts'

export const command: Command = {
  summary: 'Start a cloud on one port and stay in the foreground.',
  usage: `orrery start [OPTIONS]
  --port N            port on the loopback (default 4566, 0 takes a free one)
  --host ADDRESS      address to listen on (default 127.0.0.1)
  --account ID        default account, twelve digits (default 123456789012)
  --region NAME       default region (default us-east-1)
  --seed N            from which all chance comes (default: drawn, and printed)
  --clock MODE        real (default), held, fast=N or skip
  --choices MODE      calm (default) or legal: draw what AWS leaves open from the seed
  --throttle          refuse calls beyond AWS's request rates
  --any-credentials   take any access key for the administrator's
  --egress HOST       let HTTP deliveries really go to this host; may be repeated
  --json              print one JSON line when ready`,
  run: start,
}

async function start(args: string[], io: Io): Promise<number> {
  const startedAt = performance.now()
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      ...placeOptions,
      seed: { type: 'string' },
      clock: { type: 'string' },
      choices: { type: 'string' },
      throttle: { type: 'boolean' },
      'any-credentials': { type: 'boolean' },
      egress: { type: 'string', multiple: true },
      json: { type: 'boolean' },
    },
  })
  const options: CloudOptions = {
    seed: countOf(values.seed, '--seed') ?? 'random',
    clock: clockModeOf(values.clock),
    choices: choicesOf(values.choices),
    ...placeOf(values),
    throttling: values.throttle ?? false,
    acceptAnyCredentials: values['any-credentials'] ?? false,
    egress: values.egress ?? [],
  }
  const told = untilTold() // Before anyone hears that it is ready.
  const cloud = createCloud(options)
  const token = randomBytes(24).toString('base64url')
  const server = await listen(cloud, {
    port: portOf(values.port),
    token,
    ...(values.host === undefined ? {} : { host: values.host }),
  })
  cloud.kernel.scheduler.bugs.listener = (error) => void cloud.bug(error)
  const { defaultAccountId: accountId, defaultRegion: region } = cloud
  writeServerFile({
    port: server.port,
    url: server.url,
    token,
    region,
    accountId,
    pid: process.pid,
  })
  const readyMs = Math.round(performance.now() - startedAt)
  io.out(
    values.json === true
      ? `${JSON.stringify({ ready: true, version, url: server.url, port: server.port, accountId, region, seed: cloud.seed, readyMs })}\n`
      : `orrery ${version} ready on ${server.url} (account ${accountId}, ${region}, seed ${cloud.seed}). In another shell: eval "$(orrery env${server.port === 4566 ? '' : ` --port ${server.port}`})"\n`,
  )
  await told
  removeServerFile(server.port)
  await server.close()
  return 0
}

function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
}

function choicesOf(text = 'calm'): 'calm' | 'legal' {
  if (text === 'calm' || text === 'legal') return text
  throw new UsageError(`'${text}' is no way to choose.`, 'Give calm or legal.')
}
