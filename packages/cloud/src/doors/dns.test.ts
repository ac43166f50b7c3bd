import { Resolver } from 'node:dns/promises'
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  Route53Client,
} from '@aws-sdk/client-route-53'
import packet from 'dns-packet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, client, createCloud } from '../index.ts'
import { Present, RememberedPast } from '../past.ts'
import { answerDns, answerTo, type DnsDoor } from './dns.ts'

let cloud: Cloud
let door: DnsDoor
const resolver = new Resolver()

beforeAll(async () => {
  cloud = createCloud()
  const route53 = client(cloud, Route53Client)
  const made = new CreateHostedZoneCommand({ Name: 'letters.dev', CallerReference: 'a' })
  const { HostedZone } = await route53.send(made)
  const records = [
    ['www.letters.dev', 'CNAME', ['shop.letters.dev']],
    ['shop.letters.dev', 'A', ['192.0.2.7', '192.0.2.8']],
    ['letters.dev', 'MX', ['10 mail.letters.dev']],
    ['letters.dev', 'TXT', ['"v=spf1 -all" "a \\"quoted\\" one"']],
    ['_sip._tcp.letters.dev', 'SRV', ['1 2 5060 sip.letters.dev']],
    ['*.wild.letters.dev', 'A', ['192.0.2.9']],
    [
      'big.letters.dev',
      'TXT',
      Array.from({ length: 12 }, (_, i) => `"${String(i).padStart(2, '0').repeat(100)}"`),
    ],
  ] as const
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: HostedZone?.Id,
      ChangeBatch: {
        Changes: records.map(([Name, Type, values]) => ({
          Action: 'CREATE',
          ResourceRecordSet: {
            ...{ Name, Type, TTL: 60 },
            ResourceRecords: values.map((Value) => ({ Value })),
          },
        })),
      },
    }),
  )
  door = await answerDns(new Present(new RememberedPast(cloud)), { port: 0 })
  resolver.setServers([`127.0.0.1:${door.port}`])
})

afterAll(async () => {
  await door.close()
})

describe('a resolver of the system', () => {
  test('follows names to their addresses', async () => {
    expect((await resolver.resolve4('www.letters.dev')).sort()).toEqual(['192.0.2.7', '192.0.2.8'])
    expect(await resolver.resolve4('any.wild.letters.dev')).toEqual(['192.0.2.9'])
  })

  test('reads other records', async () => {
    expect(await resolver.resolveMx('letters.dev')).toMatchObject([
      { priority: 10, exchange: 'mail.letters.dev' },
    ])
    expect(await resolver.resolveTxt('letters.dev')).toEqual([['v=spf1 -all', 'a "quoted" one']])
    expect(await resolver.resolveSrv('_sip._tcp.letters.dev')).toMatchObject([
      { priority: 1, weight: 2, port: 5060, name: 'sip.letters.dev' },
    ])
    expect(await resolver.resolveSoa('letters.dev')).toMatchObject({ refresh: 7200, retry: 900 })
  })

  test('asks again by TCP where the answer is long', async () => {
    expect(await resolver.resolveTxt('big.letters.dev')).toHaveLength(12)
  })

  test('hears that there is no such name, no such record, and nothing outside the model', async () => {
    await expect(resolver.resolve4('none.letters.dev')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    await expect(resolver.resolve6('shop.letters.dev')).rejects.toMatchObject({ code: 'ENODATA' })
    await expect(resolver.resolve4('example.org')).rejects.toMatchObject({ code: 'EREFUSED' })
  })
})

describe('what is no question', () => {
  const answered = (bytes: Buffer) => {
    const answer = answerTo(cloud, bytes, 'udp')
    return answer === undefined ? undefined : (packet.decode(answer).flags ?? 0) & 0xf
  }
  const query = (flags: number) =>
    packet.encode({ type: 'query', id: 1, flags, questions: [{ type: 'A', name: 'letters.dev' }] })

  test('gets the code that says so, or nothing', () => {
    expect(answered(Buffer.alloc(1))).toBeUndefined()
    expect(answered(Buffer.from('0001', 'hex'))).toBe(1)
    expect(answered(Buffer.from(`0001${'80'.repeat(30)}`, 'hex'))).toBe(1)
    expect(answered(query(0x2000))).toBe(4)
    expect(answered(packet.encode({ type: 'response', id: 1 }))).toBeUndefined()
    expect(answered(packet.encode({ type: 'query', id: 1 }))).toBe(1)
    const twice = { type: 'A', name: 'letters.dev' } as const
    expect(answered(packet.encode({ type: 'query', questions: [twice, twice] }))).toBe(1)
    expect(
      answered(packet.encode({ type: 'query', questions: [{ type: 'AXFR', name: 'a' }] })),
    ).toBe(4)
  })
})

test('a port that is taken is said to be', async () => {
  const present = new Present(new RememberedPast(createCloud()))
  await expect(answerDns(present, { port: door.port })).rejects.toThrow(
    `Port ${door.port} cannot be used for DNS (EADDRINUSE).`,
  )
})
