/**
 * The doors of the model's internet, judged by clients that no one here wrote: curl, OpenSSL, dig, Git and Chromium reach
 * names by their true names, with TLS that they verify. What is not installed is skipped, and said so.
 */
import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  answerDns,
  authorityFile,
  type Cloud,
  client,
  createCloud,
  type DnsDoor,
  InstallationAuthority,
  type Listening,
  listen,
  Present,
  RememberedPast,
} from '@cloud-orrery/cloud'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const home = mkdtempSync(join(tmpdir(), 'orrery-doors-'))
const trust = join(home, 'trust')
const ca = authorityFile(trust)
const site = 'site.s3-website-us-east-1.amazonaws.com'
const timeout = 60_000

let cloud: Cloud
let server: Listening
let dns: DnsDoor

const has = (program: string, flag = '--version') =>
  spawnSync(program, [flag], { stdio: 'ignore' }).error === undefined
const browser = ['chromium', 'google-chrome'].find((name) => has(name))

beforeAll(async () => {
  cloud = createCloud({ clock: { kind: 'real' } })
  await InstallationAuthority.open(trust)
  const present = new Present(new RememberedPast(cloud))
  server = await listen(present, { port: 0, token: 't', trustFolder: trust })
  dns = await answerDns(present, { port: 0 })
  await website(client(cloud, S3Client), 'site')
})

afterAll(async () => {
  await dns.close()
  await server.close()
  rmSync(home, { recursive: true, force: true })
})

async function website(s3: S3Client, Bucket: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }))
  const open = { BlockPublicPolicy: false, RestrictPublicBuckets: false }
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: open }))
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  const WebsiteConfiguration = { IndexDocument: { Suffix: 'index.html' } }
  await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }))
  const Body = '<!doctype html><title>A page</title><h1>by its true name</h1>'
  await s3.send(new PutObjectCommand({ Bucket, Key: 'index.html', Body, ContentType: 'text/html' }))
}

describe('curl', () => {
  const curl = async (...args: string[]) =>
    (await run('curl', ['-sS', '--proxy', server.url, '--cacert', ca, ...args])).stdout
  const shown = ['-o', '/dev/null', '-w', '%{http_code} %{http_version} %{ssl_verify_result}']

  test.skipIf(!has('curl'))(
    'reaches a name by HTTP/2 and HTTP/1.1 (skipped where it is not installed)',
    async () => {
      expect(await curl(`https://${site}/`)).toContain('by its true name')
      expect(await curl(...shown, `https://${site}/`)).toBe('200 2 0')
      expect(await curl(...shown, '--http1.1', `https://${site}/`)).toBe('200 1.1 0')
      expect(await curl(`http://${site}/`)).toContain('by its true name')
    },
  )

  test.skipIf(!has('curl'))('is refused what is not in the model (likewise)', async () => {
    await expect(curl('https://example.com/')).rejects.toThrow(
      'CONNECT tunnel failed, response 403',
    )
  })
})

test.skipIf(!has('openssl', 'version'))(
  'openssl s_client verifies the chain and the name (skipped where it is not installed)',
  async () => {
    const proxy = server.url.slice('http://'.length)
    const name = 'sqs.eu-west-1.amazonaws.com'
    const args = ['s_client', '-proxy', proxy, '-connect', `${name}:443`, '-servername', name]
    const asked = run('openssl', [...args, '-CAfile', ca, '-verify_hostname', name])
    asked.child.stdin?.end()
    const { stdout } = await asked
    expect(stdout).toContain('Verify return code: 0 (ok)')
    expect(stdout).toContain(`Verified peername: ${name}`)
  },
)

test.skipIf(!has('dig', '-v'))(
  'dig reads addresses and refusals by UDP and TCP (skipped where it is not installed)',
  async () => {
    const dig = async (...args: string[]) =>
      (await run('dig', ['@127.0.0.1', '-p', String(dns.port), ...args])).stdout
    const address = (await dig('+short', site)).trim()
    expect(address).toMatch(/^198\.1[89]\.\d+\.\d+$/)
    expect((await dig('+short', '+tcp', site)).trim()).toBe(address)
    expect(await dig('example.com')).toContain('status: REFUSED')
  },
)

test.skipIf(!has('git'))(
  'git is told that a host is not in the model (skipped where it is not installed)',
  async () => {
    const env = { ...process.env, https_proxy: server.url, GIT_SSL_CAINFO: ca, HOME: home }
    await expect(run('git', ['ls-remote', 'https://example.com/x.git'], { env })).rejects.toThrow(
      'CONNECT tunnel failed, response 403',
    )
  },
)

test.skipIf(browser === undefined || !has('certutil', '-H'))(
  'Chromium shows the page without a warning, once it trusts the authority (skipped without chromium and certutil)',
  { timeout },
  async () => {
    const nss = join(home, '.pki/nssdb')
    mkdirSync(nss, { recursive: true })
    await run('certutil', ['-d', `sql:${nss}`, '-N', '--empty-password'])
    const dump = async () => {
      const profile = mkdtempSync(join(home, 'profile-'))
      const flags = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`]
      const env = { ...process.env, HOME: home }
      const args = [...flags, `--proxy-server=${server.url}`, '--dump-dom', `https://${site}/`]
      return (await run(browser ?? '', args, { env, timeout })).stdout
    }
    expect(await dump()).not.toContain('by its true name')
    await run('certutil', ['-d', `sql:${nss}`, '-A', '-t', 'C,,', '-n', 'orrery', '-i', ca])
    expect(await dump()).toContain('<h1>by its true name</h1>')
  },
)
