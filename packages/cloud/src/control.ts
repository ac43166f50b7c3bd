import { timingSafeEqual } from 'node:crypto'
import { type Departure, SimulatorError } from '@cloud-orrery/kernel'
import { AwsError, loadServiceModel } from '@cloud-orrery/models'
import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import { mailbox } from '@cloud-orrery/services'
import { callByName } from './call.ts'
import type { Cloud } from './cloud.ts'
import { explainEntry } from './explain.ts'
import { journalView } from './journal-query.ts'
import type { Present } from './past.ts'
import { Stream } from './persistence/stream.ts'
import { policyRoutes } from './policies/control-routes.ts'
import { folderOf } from './service-names.ts'
import { clockView, statusView } from './status-view.ts'
import { version } from './version.ts'

const safeHosts = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/

type Handler = (
  control: Control,
  body: Record<string, unknown>,
  query: URLSearchParams,
  /** Says when whoever asked has gone. */
  departure?: Departure,
) => unknown

/** Calls under `/_orrery/`: what the command line asks of a running server. */
export class Control {
  readonly present: Present
  readonly #token: Buffer

  constructor(present: Present, token: string) {
    this.present = present
    this.#token = Buffer.from(token)
  }

  get cloud(): Cloud {
    return this.present.cloud
  }

  /** `/` is the console's unless an S3 client lists its buckets there. */
  handles(request: HttpRequest): boolean {
    return request.path !== '/'
  }

  async answer(request: HttpRequest, departure?: Departure): Promise<HttpResponse> {
    if (!safeHosts.test(request.headers['host'] ?? '')) return refused(403, 'Host not allowed.')
    const route = `${request.method} ${request.path.slice('/_orrery/'.length)}`
    if (route === 'GET health') return json(200, { ok: true, version })
    if (request.headers['origin'] !== undefined) return refused(403, 'Origin not allowed.')
    if (!this.#authorized(request)) return refused(401, 'The control token is missing or wrong.')
    const handler = routes[route]
    if (handler === undefined) return refused(404, `No control call ${route}.`)
    try {
      const body = parseObject(request.body)
      const answered = await handler(this, body, new URLSearchParams(request.query), departure)
      await this.cloud.durability?.kept()
      if (answered instanceof Stream) return streamed(answered)
      return json(200, answered)
    } catch (error) {
      if (error instanceof AwsError) {
        return json(400, { awsError: error.code, message: error.message, status: error.status })
      }
      if (!(error instanceof SimulatorError)) throw error
      return json(400, { error: error.code, message: error.message, next: error.next })
    }
  }

  #authorized(request: HttpRequest): boolean {
    const given = Buffer.from(request.headers['x-orrery-token'] ?? '')
    return given.length === this.#token.length && timingSafeEqual(given, this.#token)
  }
}

/** Loaded when it is asked for: most servers never are. */
const past = () => import('./persistence/control-routes.ts')

const routes: Readonly<Record<string, Handler>> = {
  'GET recording': async ({ present }) => (await past()).recordingOf(present),
  'GET state': async ({ present }) => (await past()).stateOf(present),
  'POST rewind': async ({ present }, { to }) => (await past()).rewind(present, to),
  'POST clock/advance': async ({ cloud }, { byMs }, _query, departure) => {
    if (typeof byMs !== 'number' || !Number.isFinite(byMs) || byMs < 0) {
      throw new SimulatorError(
        'ClockBackwards',
        `The clock cannot be moved by ${String(byMs)} ms.`,
        'Give a positive duration such as 90d, 12h or 30s.',
      )
    }
    await cloud.advance(byMs, departure)
    return clockView(cloud)
  },
  'POST clock/settle': async ({ cloud }) => {
    await cloud.settle()
    return clockView(cloud)
  },
  'GET clock': ({ cloud }) => clockView(cloud),
  'GET status': ({ cloud }) => statusView(cloud),
  'GET journal': ({ cloud }, _body, query) => {
    const kind = query.get('kind')
    const service = query.get('service')
    return journalView(cloud, {
      after: numberIn(query, 'after', 0),
      limit: Math.max(0, numberIn(query, 'limit', 1000)),
      ...(kind === null ? {} : { kind }),
      ...(service === null ? {} : { service }),
      errors: query.get('errors') === 'true',
    })
  },
  'GET explain': ({ cloud }, _body, query) => explainEntry(cloud, query.get('id') ?? undefined),
  'GET mail': ({ cloud }) => mailbox.all(cloud.scope('', '')),
  'POST call': ({ cloud }, { service, operation, input, accountId, region }) =>
    callByName(
      cloud,
      String(service),
      String(operation),
      unpacked(input),
      {
        ...(typeof accountId === 'string' ? { accountId } : {}),
        ...(typeof region === 'string' ? { region } : {}),
      },
      'port',
    ),
  'POST accounts': ({ cloud }, { accountId }) => {
    if (typeof accountId !== 'string' || !/^\d{12}$/.test(accountId)) {
      throw new SimulatorError('AccountId', 'That is no account id.', 'Give twelve digits.')
    }
    return inTurn(cloud, () => cloud.credentials(accountId))
  },
  'POST faults': async ({ cloud }, body) => {
    await checkSite(cloud, body['site'])
    return { id: await inTurn(cloud, () => armFault(cloud, body)) }
  },
  'POST faults/end': async ({ cloud }, { id }) => {
    if (!cloud.kernel.faults.rules.some((rule) => rule.id === id)) {
      throw new SimulatorError(
        'FaultUnknown',
        `No fault ${String(id)} is armed.`,
        "See 'orrery status' for those that are; one that struck as often as it should is gone.",
      )
    }
    await inTurn(cloud, () => cloud.endFault(String(id)))
    return { ended: id }
  },
  ...policyRoutes,
}

/** What changes the cloud comes after what was due before it, as a call does: a replay has it so. */
function inTurn<T>(cloud: Cloud, change: () => T): Promise<T> {
  return cloud.kernel.scheduler.enter(change)
}

/** Refuses a site at which nothing can ever strike: most likely its name was mistyped. */
async function checkSite(cloud: Cloud, site: unknown): Promise<void> {
  if (typeof site !== 'string' || site === '') throw faultSite('A fault needs a site.')
  const [service = '', name = ''] = site.split('.')
  if (service.endsWith('*')) return
  if (folderOf(service) !== service) throw faultSite(`There is no service '${service}' here.`)
  if (/^[^A-Z]|\*$/.test(name)) return // A site that a service names, or several.
  await cloud.services.load(service)
  const isThere =
    loadServiceModel(service)?.operations[name] ?? cloud.services.handler(service, name)
  if (isThere === undefined) throw faultSite(`${service} has no operation '${name}'.`)
}

function faultSite(what: string): SimulatorError {
  return new SimulatorError('FaultSite', what, 'Name an operation, such as sns.Publish or sns.*.')
}

function armFault(cloud: Cloud, body: Record<string, unknown>): string {
  const { site, error, delayMs, times, probability } = body
  return cloud.armFault(
    String(site),
    typeof delayMs === 'number'
      ? { kind: 'delay', delayMs }
      : { kind: 'error', code: typeof error === 'string' ? error : 'ServiceUnavailable' },
    {
      ...(typeof times === 'number' ? { times } : {}),
      ...(typeof probability === 'number' ? { probability } : {}),
    },
  )
}

/** Bytes travel as base64 between the command line and the server. */
function unpacked(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(unpacked)
  if (typeof input !== 'object' || input === null) return input
  if ('$base64' in input) return new Uint8Array(Buffer.from(String(input.$base64), 'base64'))
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, unpacked(value)]))
}

/** What is no number counts as not said. */
function numberIn(query: URLSearchParams, name: string, absent: number): number {
  const value = Number(query.get(name) ?? absent)
  return Number.isFinite(value) ? value : absent
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  if (body.byteLength === 0) return {}
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Falls through: the text is no JSON object.
  }
  throw new SimulatorError('ControlBody', 'The body is no JSON object.', 'Send a JSON object.')
}

function json(status: number, value: unknown): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(`${JSON.stringify(value)}\n`),
  }
}

function streamed({ type, bytes }: Stream): HttpResponse {
  return { status: 200, headers: { 'content-type': type }, body: bytes }
}

function refused(status: number, message: string): HttpResponse {
  return json(status, { error: 'Refused', message })
}
