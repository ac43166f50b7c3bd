import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect as connectSocket, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { CreateBucketCommand, PutBucketWebsiteCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, client, createCloud, type Listening, listen } from '../index.ts'
import { authorityFile, InstallationAuthority } from './installation-authority.ts'
import { authorityOf } from './proxy.ts'

const site = 'site.s3-website-us-east-1.amazonaws.com'
const folder = mkdtempSync(join(tmpdir(), 'orrery-trust-'))
let cloud: Cloud
let server: Listening

beforeAll(async () => {
  cloud = createCloud()
  server = await listen(cloud, { port: 0, token: 't', trustFolder: folder, hosts: ['Cloud.test'] })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'site' }))
  const WebsiteConfiguration = { IndexDocument: { Suffix: 'index.html' } }
  await s3.send(new PutBucketWebsiteCommand({ Bucket: 'site', WebsiteConfiguration }))
  cloud.internet.set('idp.example.com', ({ url }) => ({ status: 200, headers: {}, body: url }))
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

/** What the proxy says to CONNECT, and the connection. */
function tunnel(target: string): Promise<{ status: number; socket: Socket; said: string }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ port: server.port, method: 'CONNECT', path: target })
    asked.on('connect', (response, socket, head) => {
      const status = response.statusCode ?? 0
      if (status === 200) return resolve({ status, socket, said: '' })
      text(socket).then((rest) => resolve({ status, socket, said: head + rest }), reject)
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** One request by a true name, through the proxy and TLS that is verified. */
async function get(host: string, path: string): Promise<string> {
  const { socket } = await tunnel(`${host}:443`)
  const ca = readFileSync(authorityFile(folder), 'utf8')
  const secure = connectTls({ socket, servername: host, ca, ALPNProtocols: ['http/1.1'] })
  secure.end(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
  return await text(secure)
}

describe('through the proxy', () => {
  test('names of the model have TLS that the installation’s authority vouches for', async () => {
    await InstallationAuthority.open(folder)
    const answered = await get(site, '/')
    expect(answered).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
    expect(answered).toContain('<li>Code: AccessDenied</li>')
  })

  test('a client says by the name’s scheme whether it speaks TLS', async () => {
    const seen = () => {
      const calls = cloud.kernel.journal.entries.filter(({ name }) => name === 's3.WebsiteRequest')
      const { caller, input } = (calls.at(-1) ?? expect.fail()).data as {
        caller: { secureTransport: boolean }
        input: { headers: Record<string, string> }
      }
      return [caller.secureTransport, Object.keys(input.headers).filter((it) => /orrery/.test(it))]
    }
    await get(site, '/')
    expect(seen()).toEqual([true, []])
    const socket = connectSocket(server.port, '127.0.0.1')
    socket.end(`GET http://${site}/ HTTP/1.1\r\nhost: ${site}\r\nconnection: close\r\n\r\n`)
    await text(socket)
    expect(seen()).toEqual([false, []])
  })

  test('hosts that were given to the cloud answer', async () => {
    expect(await get('idp.example.com', '/keys?x=1')).toContain('https://idp.example.com/keys?x=1')
  })

  test('control calls are not to be had by such a name', async () => {
    expect(await get('idp.example.com', '/_orrery/health')).toContain(
      'https://idp.example.com/_orrery/health',
    )
  })

  test.each([
    ['example.com:443', 403, 'example.com is not in the model. To let requests really go there'],
    ['127.0.0.1:22', 403, '127.0.0.1 is not in the model.'],
    ['localhost:1', 403, 'localhost is not in the model.'],
    ['nothing', 400, 'CONNECT takes HOST:PORT.'],
  ])('%s is refused', async (target, status, words) => {
    const { said, ...refused } = await tunnel(target)
    expect([refused.status, said.includes(words)]).toEqual([status, true])
  })
})

describe('the port', () => {
  const ask = (host: string): Promise<string> => {
    const socket = connectSocket(server.port, '127.0.0.1')
    socket.end(`GET /_orrery/health HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
    return text(socket)
  }

  test.each(['127.0.0.1:1', 'localhost', '[::1]:1'])('is reached as %s', async (host) => {
    expect(await ask(host)).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  test('refuses names that a page of the internet could have', async () => {
    const answered = await ask('evil.example.org:4566')
    expect(answered).toMatch(/^HTTP\/1\.1 403 Forbidden/)
    expect(answered).toContain('The port is not known as evil.example.org.')
  })

  test('ignores the offer to go on in another protocol, as curl --http2 makes it', async () => {
    const socket = connectSocket(server.port, '127.0.0.1')
    const offer =
      'connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n'
    socket.end(`GET /_orrery/health HTTP/1.1\r\nhost: localhost\r\n${offer}\r\n`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  test('takes the names that it was given', async () => {
    expect(await ask('cloud.test')).not.toContain('The port is not known')
  })

  test('speaks TLS for the loopback’s address', async () => {
    const { certificate } = await InstallationAuthority.open(folder)
    const secure = connectTls({ port: server.port, host: '127.0.0.1', ca: certificate })
    secure.end('GET /_orrery/health HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n')
    expect(await text(secure)).toMatch(/^HTTP\/1\.1 200 OK/)
  })
})

test('the authority is kept, and only its owner reads its key', async () => {
  const first = await InstallationAuthority.open(folder)
  expect((await InstallationAuthority.open(folder)).certificate).toBe(first.certificate)
  expect(statSync(join(folder, 'orrery-ca-key.pem')).mode & 0o777).toBe(0o600)
  await expect(InstallationAuthority.open('/dev/null/x')).rejects.toThrow('/dev/null/x')
})

test.each([
  ['example.com:443', { host: 'example.com', port: 443 }],
  ['Example.COM.:80', { host: 'example.com', port: 80 }],
  ['[::1]:80', { host: '[::1]', port: 80 }],
  ['example.com', undefined],
  ['example.com:0', undefined],
  ['example.com:99999', undefined],
  ['user@example.com:443', undefined],
  ['a/b:443', undefined],
])('%s as a target', (target, authority) => {
  expect(authorityOf(target)).toEqual(authority)
})
