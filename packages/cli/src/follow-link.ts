import { request } from 'node:http'
import { notRunning, readServerFile } from './server-file.ts'

export interface Followed {
  readonly link: string
  readonly status: number
  readonly body: string
}

/** Opens a link of the model's internet at the server's port, under its own name, as a browser would. */
export function followLink(link: string, port: number): Promise<Followed> {
  const server = readServerFile(port)
  const { host, pathname, search } = new URL(link)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${server.url}${pathname}${search}`,
      { headers: { host } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString()
          resolve({ link, status: response.statusCode ?? 0, body })
        })
      },
    )
    outgoing.on('error', () => reject(notRunning(port)))
    outgoing.end()
  })
}
