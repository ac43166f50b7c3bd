import { type RequestOptions, request } from 'node:http'
import { Readable } from 'node:stream'
import { SimulatorError } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { notRunning, readServerFile } from './server-file.ts'

/** Calls of the command line to a running server. */
export class ControlClient {
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async get(path: string, query: Record<string, string | undefined> = {}): Promise<unknown> {
    const search = new URLSearchParams(
      Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined),
    )
    return await this.#send('GET', search.size === 0 ? path : `${path}?${search}`)
  }

  async post(path: string, body: object = {}): Promise<unknown> {
    return await this.#send('POST', path, JSON.stringify(body))
  }

  /** An answer that is no JSON: its bytes. */
  async stream(path: string): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#fetch('GET', path)
    if (response.ok && response.body !== null) return response.body
    throw await this.#refusalIn(response)
  }

  async #send(method: string, path: string, body?: string): Promise<unknown> {
    const response = await this.#fetch(method, path, body)
    if (!response.ok) throw await this.#refusalIn(response)
    const answer = await objectIn(response)
    if (answer === undefined) throw notRunning(this.#port)
    return answer
  }

  async #fetch(method: string, path: string, body?: string): Promise<Response> {
    const server = readServerFile(this.#port)
    try {
      const headers = { 'x-orrery-token': server.token }
      return await answerOf(`${server.url}/_orrery/${path}`, { method, headers }, body)
    } catch {
      throw notRunning(this.#port)
    }
  }

  async #refusalIn(response: Response): Promise<Error> {
    const answer = await objectIn(response)
    if (answer === undefined) return notRunning(this.#port)
    if (answer['awsError'] !== undefined) return awsErrorOf(answer)
    return new SimulatorError(
      String(answer['error']),
      String(answer['message']),
      String(answer['next'] ?? 'Restart the server, so that its token is known.'),
    )
  }
}

/** `fetch` gives up after five minutes without an answer; a century of model time may take hours. */
function answerOf(url: string, options: RequestOptions, body: string | undefined) {
  return new Promise<Response>((resolve, reject) => {
    const asked = request(url, options, (answer) => {
      // The two types of a stream of bytes have one and the same class.
      const bytes = Readable.toWeb(answer) as ReadableStream<Uint8Array<ArrayBuffer>>
      resolve(new Response(bytes, { status: answer.statusCode ?? 500 }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Undefined where something else than a server of ours answered. */
async function objectIn(response: Response): Promise<Record<string, unknown> | undefined> {
  try {
    return (await response.json()) as Record<string, unknown> // Control answers are objects.
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function awsErrorOf(answer: Record<string, unknown>): AwsError {
  const status = Number(answer['status'])
  return new AwsError(
    {
      kind: 'error',
      code: String(answer['awsError']),
      status,
      fault: status < 500 ? 'client' : 'server',
    },
    String(answer['message']),
  )
}
