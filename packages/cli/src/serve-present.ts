import { randomBytes } from 'node:crypto'
import { answerDns, listen, type Present, version } from '@cloud-orrery/cloud'
import type { Io } from './command.ts'
import { removeServerFile, writeServerFile } from './server-file.ts'

export interface Serving {
  readonly port: number
  readonly host?: string | undefined
  /** Further names under which the port may be reached. */
  readonly hosts?: readonly string[] | undefined
  /** Where DNS questions are answered, if they are; 0 takes a free port. */
  readonly dnsPort?: number | undefined
  readonly json: boolean
  /** Of the process's own clock, ms: when the command began. */
  readonly startedAt: number
  /** Ends when the server is told to stop. Taken before anyone hears that it is ready. */
  readonly told: Promise<void>
  /** Comes before the line that says that it is ready, and not earlier. */
  readonly preface?: string | ((port: number) => string)
  /** What a user should know besides. */
  readonly remarks?: readonly string[]
}

/** Serves on a port until told to stop. */
export async function serve(present: Present, serving: Serving, io: Io): Promise<number> {
  const token = randomBytes(24).toString('base64url')
  const { host, hosts, dnsPort } = serving
  const server = await listen(present, {
    port: serving.port,
    token,
    ...(host === undefined ? {} : { host }),
    ...(hosts === undefined ? {} : { hosts }),
  })
  const dns = dnsPort === undefined ? undefined : await answerDns(present, { port: dnsPort, host })
  const { cloud } = present
  cloud.kernel.scheduler.bugs.listener = (error) => void cloud.bug(error)
  const { defaultAccountId: accountId, defaultRegion: region, seed } = cloud
  const { port, url } = server
  writeServerFile({ port, url, token, region, accountId, pid: process.pid })
  for (const remark of serving.remarks ?? []) io.err(`orrery: ${remark}\n`)
  const readyMs = Math.round(performance.now() - serving.startedAt)
  const other = port === 4566 ? '' : ` --port ${port}`
  const said = serving.preface ?? ''
  const preface = typeof said === 'string' ? said : said(port)
  io.out(
    serving.json
      ? `${JSON.stringify({ ready: true, version, url, port, accountId, region, seed, readyMs, dnsPort: dns?.port })}\n`
      : `${preface}orrery ${version} ready on ${url} (account ${accountId}, ${region}, seed ${seed}${dns === undefined ? '' : `, DNS on port ${dns.port}`}). In another shell: eval "$(orrery env${other})"\n`,
  )
  await serving.told
  removeServerFile(port)
  try {
    await dns?.close()
    await present.close()
  } finally {
    await server.close()
  }
  return 0
}

/** Ends at the first SIGTERM or SIGINT. */
export function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
}
