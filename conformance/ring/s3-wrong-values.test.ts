import { createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { loadServiceModel, type Member, type OperationModel } from '@cloud-orrery/models'
import { registry } from '@cloud-orrery/services'
import { describe, expect, test } from 'vitest'
import { arrangeS3 } from './arrangements/s3.ts'

/** Queries, headers and bodies that no SDK would send to S3: read, or refused, never an InternalError. */

const model = loadServiceModel('s3')
const { operations } = (await registry['s3']?.load()) ?? { operations: [] }
const cloud = createCloud({ deepFreeze: true })
await arrangeS3(cloud)

const texts = ['text', '', '-1', '1.5', '1e400', '99999999999999999999', '<&>', '%00', 'a,b;c="d']
const bodies = [
  '',
  '<',
  '<a/>',
  '<a>text</a>',
  'text',
  '{}',
  '<ROOT/>',
  '<ROOT>text</ROOT>',
  '<ROOT><a/></ROOT>',
  '<ROOT><MEMBER/></ROOT>',
  '<ROOT><MEMBER>text</MEMBER><MEMBER>text</MEMBER></ROOT>',
  '<ROOT><MEMBER><MEMBER><MEMBER/></MEMBER></MEMBER></ROOT>',
  `<ROOT>${'<a>'.repeat(2000)}${'</a>'.repeat(2000)}</ROOT>`,
]

/** Headers that tell an operation from another of the same URI. */
const telling: Readonly<Record<string, string>> = {
  'x-amz-copy-source': 'ring-bucket/ring',
  'x-amz-object-attributes': 'ETag',
}

interface Request {
  readonly method: string
  readonly url: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

function* wrongRequests({ http, input }: OperationModel): Generator<Request> {
  if (http === undefined) return
  const { method, uri } = http
  const [path = '', literal = ''] = uri.split('?')
  const at = path.replace('{Bucket}', 'ring-bucket').replace('{Key+}', 'ring')
  const members = Object.values(input.members ?? {})
  const required = members.filter((it) => it.location === 'query' && it.required)
  const query = [literal, ...required.map((it) => `${nameOf(it)}=1`)].filter((it) => it !== '')
  const url = `https://s3.us-east-1.amazonaws.com${at}?${query.join('&')}`
  const headers = Object.fromEntries(
    members
      .filter((it) => it.location === 'header' && it.required)
      .map((it) => [nameOf(it), telling[nameOf(it)] ?? '1']),
  )
  for (const member of members) {
    for (const text of texts) {
      const value = encodeURIComponent(text)
      if (member.location === 'query') {
        yield { method, url: `${url}&${nameOf(member)}=${value}`, headers }
      }
      if (member.location === 'header') {
        yield { method, url, headers: { ...headers, [nameOf(member)]: text } }
      }
    }
  }
  const payload = members.find(({ location }) => location === 'payload')
  if (payload === undefined || payload.shape.streaming === true) return
  const [inner = { name: 'a' }] = Object.values(payload.shape.members ?? {})
  const root = payload.xmlName ?? payload.shape.xmlName ?? payload.name
  for (const body of bodies) {
    const text = body.replaceAll('ROOT', root).replaceAll('MEMBER', nameOf(inner))
    yield { method, url, body: text }
  }
}

function nameOf(member: Pick<Member, 'name' | 'locationName' | 'xmlName'>): string {
  return member.locationName ?? member.xmlName ?? member.name
}

describe(`s3, model ${model.checksum.slice(0, 12)}`, () => {
  // Plain HTTP, as forms and websites answer it, is no operation of the model.
  const names = operations
    .map(({ descriptor }) => descriptor.name)
    .filter((name) => name in model.operations)
  test.each(names)('%s survives other values', { timeout: 60_000 }, async (name) => {
    const operation = model.operations[name]
    if (operation === undefined) throw new Error(`the model has no ${name}`)
    const found: string[] = []
    for (const { url, ...request } of wrongRequests(operation)) {
      const fork = cloud.fork()
      const { status } = await fetchFromCloud(fork, url, {
        ...request,
        credentials: fork.credentials(),
        service: 's3',
      })
      fork.close()
      if (status < 500 || status === 501) continue
      found.push(`${status}: ${JSON.stringify({ url, ...request }).slice(0, 300)}`)
    }
    expect(found).toEqual([])
  })
})
