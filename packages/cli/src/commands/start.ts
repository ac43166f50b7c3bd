import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  type CloudOptions,
  createCloud,
  type Past,
  Present,
  RememberedPast,
} from '@cloud-orrery/cloud'
import { type Command, type Io, UsageError } from '../command.ts'
import { clockModeOf, countOf, placeOf, placeOptions, portOf } from '../options.ts'
import { serve, untilTold } from '../serve-present.ts'

export const command: Command = {
  summary: 'Start a cloud on one port and stay in the foreground.',
  usage: `orrery start [OPTIONS]
  --port N            port on the loopback (default 4566, 0 takes a free one)
  --host ADDRESS      address to listen on (default 127.0.0.1)
  --allow-host NAME   answer under this name too; local ones and the model's are answered anyway; may be repeated
  --dns PORT          answer DNS questions on this port of the same address
  --data DIR          keep everything there: an answered call is on disk, and the next start goes on
  --timeline NAME     with --data: go on with what was there before a rewind
  --record FILE       write a recording of the run, whole when the server is stopped
  --account ID        default account, twelve digits (default 123456789012)
  --region NAME       default region (default us-east-1)
  --seed N            from which all chance comes (default: drawn, and printed)
  --clock MODE        real (default), held, fast=N or skip
  --choices MODE      calm (default) or legal: draw what AWS leaves open from the seed
  --throttle          refuse calls beyond AWS's request rates
  --any-credentials   take any access key for the administrator's
  --egress HOST       let requests really go to this host; may be repeated
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
      'allow-host': { type: 'string', multiple: true },
      dns: { type: 'string' },
      data: { type: 'string' },
      timeline: { type: 'string' },
      record: { type: 'string' },
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
  const seed = countOf(values.seed, '--seed')
  const choices = choicesOf(values.choices)
  // What is not said is left to the data directory.
  const options: CloudOptions = {
    clock: clockModeOf(values.clock),
    ...placeOf(values),
    egress: values.egress ?? [],
    seed: seed ?? 'random',
    ...(choices === undefined ? {} : { choices }),
    ...(values.throttle === undefined ? {} : { throttling: values.throttle }),
    ...(values['any-credentials'] === undefined
      ? {}
      : { acceptAnyCredentials: values['any-credentials'] }),
  }
  if (values.timeline !== undefined && values.data === undefined) {
    throw new UsageError('A timeline is one of a data directory.', 'Give --data DIR too.')
  }
  const told = untilTold() // Before anyone hears that it is ready.
  const { past, remarks } = await begin(options, values, io)
  const { host, 'allow-host': hosts } = values
  const dnsPort = values.dns === undefined ? undefined : portOf(values.dns)
  const json = values.json === true
  try {
    const serving = {
      port: portOf(values.port),
      host,
      hosts,
      dnsPort,
      json,
      startedAt,
      told,
      remarks,
    }
    return await serve(new Present(past), serving, io)
  } catch (error) {
    await past.close()
    throw error
  }
}

interface Begun {
  readonly past: Past
  readonly remarks: readonly string[]
}

async function begin(
  options: CloudOptions,
  { data, timeline, record }: { data?: string; timeline?: string; record?: string },
  io: Io,
): Promise<Begun> {
  if (data === undefined && record === undefined) {
    return { past: new RememberedPast(createCloud(options)), remarks: [] }
  }
  const { DurableCloud, RecordingSpool } = await import('@cloud-orrery/cloud/persistence')
  if (record === undefined) {
    const naming = timeline === undefined ? {} : { timeline }
    const path = resolve(io.cwd, data ?? '')
    const durable = await DurableCloud.open(path, { cloud: options, ...naming })
    return { past: durable, remarks: durable.remarks }
  }
  if (data !== undefined) {
    throw new UsageError(
      'A data directory is a recording by itself.',
      "Leave --record out, and use 'orrery record FILE' at any time.",
    )
  }
  const file = resolve(io.cwd, record)
  if (existsSync(file)) {
    throw new UsageError(`${file} is there already.`, 'Give --record a name that is free.')
  }
  return { past: await RecordingSpool.begin(createCloud(options), file), remarks: [] }
}

function choicesOf(text: string | undefined): 'calm' | 'legal' | undefined {
  if (text === undefined || text === 'calm' || text === 'legal') return text
  throw new UsageError(`'${text}' is no way to choose.`, 'Give calm or legal.')
}
